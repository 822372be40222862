//! Participants without their scales, which differ by orders of magnitude and so name them.

use std::collections::BTreeMap;

use crate::evaluation::statistics::quantile;
use crate::recordings::{Participant, Recording};

/// Divides each sample by its participant's median.
pub(super) fn remove(recordings: &mut [Recording]) {
    let mut samples: BTreeMap<Participant, Vec<f64>> = BTreeMap::new();
    for recording in recordings.iter() {
        samples.entry(recording.participant).or_default().extend(&recording.samples);
    }
    for (participant, own) in samples {
        let Some(median) = quantile(&own, 0.5).filter(|median| *median > 0.0) else { continue };
        let theirs = recordings.iter_mut().filter(|recording| recording.participant == participant);
        theirs.flat_map(|recording| &mut recording.samples).for_each(|sample| *sample /= median);
    }
}
