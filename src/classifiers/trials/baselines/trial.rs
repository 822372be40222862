//! Which baselines are tried.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::method::{Lengths, Method, Scale};
use crate::preparation::Scheme;
use crate::runs::profile::Profile;

/// A method on signals of some lengths and scale, tested by a scheme of splitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineTrial {
    /// The method.
    pub method: Method,
    /// Whole signals, or of one length.
    pub lengths: Lengths,
    /// What signals are scaled by.
    pub scale: Scale,
    /// What its tests keep apart.
    pub scheme: Scheme,
    /// How often it is split, each time from another seed.
    pub draws: u64,
    /// How often labels are exchanged.
    pub exchanges: u64,
}

impl BaselineTrial {
    /// Its name, and that of its record: `equal-minirocket-participant`, `equal-trees-random-transductive`.
    #[must_use]
    pub fn name(&self) -> String {
        let Self { method, lengths, scale, scheme, .. } = self;
        let ending = if *scale == Scale::Participant { "-transductive" } else { "" };
        format!("{lengths}-{method}-{scheme}{ending}")
    }
}

/// The trials of a profile: in the paper's all methods, lengths, scales and schemes with 500 exchanges, else signals of one
/// length and their own scale under random splits and, but for smoke, held-out stimuli.
///
/// A template has one length and looks at no scale, so it stands once under each scheme.
#[must_use]
pub fn plan(profile: Profile) -> Vec<BaselineTrial> {
    let (exchanges, schemes): (u64, &[Scheme]) = match profile {
        Profile::Smoke => (19, &[Scheme::Random]),
        Profile::Quick => (99, &[Scheme::Random, Scheme::Stimulus]),
        Profile::Paper => (500, &Scheme::ALL),
    };
    let draws = |scheme: Scheme| match (profile, scheme) {
        (Profile::Paper, Scheme::Random) => 5,
        _ => 1,
    };
    let ways = Scale::ALL.into_iter().flat_map(|scale| Lengths::ALL.map(|lengths| (lengths, scale)));
    let is_full = profile == Profile::Paper;
    let ways: Vec<(Lengths, Scale)> =
        ways.filter(|way| is_full || *way == (Lengths::Equal, Scale::Own)).collect();
    let of = |(lengths, scale): (Lengths, Scale)| {
        let is_plain = (lengths, scale) == (Lengths::Equal, Scale::Own);
        let methods = Method::ALL.into_iter().filter(move |method| is_plain || *method != Method::Template);
        methods.flat_map(move |method| {
            schemes.iter().map(move |&scheme| BaselineTrial {
                method,
                lengths,
                scale,
                scheme,
                draws: draws(scheme),
                exchanges,
            })
        })
    };
    ways.into_iter().flat_map(of).collect()
}

impl fmt::Display for BaselineTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}
