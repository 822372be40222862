//! Participants without their scales, which differ by orders of magnitude and so name them.

use std::collections::BTreeMap;

use crate::evaluation::statistics::quantile;
use crate::recordings::{Participant, Recording};

/// Divides each sample by its participant's median of the channel.
pub(super) fn remove(recordings: &mut [Recording]) {
    let mut samples: BTreeMap<(Participant, usize), Vec<f64>> = BTreeMap::new();
    for recording in recordings.iter() {
        for (channel, own) in recording.channels.split(&recording.samples).into_iter().enumerate() {
            samples.entry((recording.participant, channel)).or_default().extend(own);
        }
    }
    for ((participant, channel), own) in samples {
        let Some(median) = quantile(&own, 0.5).filter(|median| *median > 0.0) else { continue };
        let theirs = recordings.iter_mut().filter(|recording| recording.participant == participant);
        theirs
            .flat_map(|recording| {
                let channels = recording.channels.count();
                recording.samples.iter_mut().skip(channel).step_by(channels)
            })
            .for_each(|sample| *sample /= median);
    }
}
