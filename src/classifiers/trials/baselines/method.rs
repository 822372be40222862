//! What baselines see of recordings, and how they are fitted.

use std::collections::BTreeMap;
use std::fmt;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::classifiers::{Discriminant, ExtraTrees, Logistic, Relabelled, Ridge, Scaled, Template};
use crate::error::{Error, Fault, Place, Result};
use crate::features::course::{dyadic_quantiles, level_and_spectrum};
use crate::features::minirocket::{FEATURES, MiniRocket};
use crate::preparation::{Framing, Normalisation, Preparation, Zeros};
use crate::recordings::{DataSet, Participant};

/// A way to tell labels apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// MiniRocket's features, ridge.
    MiniRocket,
    /// Level and spectrum, linear discriminant analysis.
    Discriminant,
    /// Level and spectrum, logistic regression.
    Logistic,
    /// Quantiles of parts, extremely randomised trees.
    Trees,
    /// Correlation with mean courses over other participants.
    Template,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::MiniRocket, Self::Discriminant, Self::Logistic, Self::Trees, Self::Template];
}

/// How long signals are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lengths {
    /// As they are, but for incomplete last frames.
    Whole,
    /// Cut to that of the shortest.
    Equal,
}

impl Lengths {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Equal, Self::Whole];
}

/// What signals are scaled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Nothing: each recording keeps its level.
    Own,
    /// Mean and standard deviation of the participant's other recordings, without labels: transductive.
    Participant,
}

impl Scale {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Own, Self::Participant];
}

/// What a method sees of all recordings, before it knows what trains.
pub(super) enum Seen {
    /// Channel after channel.
    Signals(Vec<Vec<Vec<f32>>>),
    Features(Array2<f64>),
    Courses(Array2<f64>),
}

/// The course of each channel of a recording.
pub(super) type Courses = Vec<Vec<f64>>;

/// Courses of power, in the set's order: logarithms, or samples as they are where one is negative, without exact zeros and
/// incomplete last frames ([`Framing::unit`]).
pub(super) fn courses(set: &DataSet, lengths: Lengths, scale: Scale) -> Result<Vec<Courses>> {
    let normalisation = if set.has_negative_samples() { Normalisation::Raw } else { Normalisation::Log };
    let cut = match lengths {
        Lengths::Whole => Preparation::default(),
        Lengths::Equal => Preparation::of_one_length(set),
    };
    let preparation = Preparation { zeros: Zeros::Reflect, normalisation, ..cut };
    let (labels, frame) = (set.labels(), Framing::unit(set));
    let whole = |recording| {
        let signal = preparation.signal(recording, &labels)?;
        let length = signal.length();
        let kept = (length / frame * frame).max(length.min(frame));
        let double: Vec<f64> = signal.samples[..signal.width(kept)].iter().copied().map(f64::from).collect();
        Ok(set.channels().split(&double))
    };
    let courses = Error::gather(set.recordings().iter().map(whole))?;
    let participants: Vec<Participant> =
        set.recordings().iter().map(|recording| recording.participant).collect();
    if scale == Scale::Own {
        return Ok(courses);
    }
    let mut scaled: Vec<Courses> = vec![Vec::new(); courses.len()];
    for channel in 0..set.channels().count() {
        let own: Vec<Vec<f64>> = courses.iter().map(|course| course[channel].clone()).collect();
        scaled.iter_mut().zip(scaled_by_others(&own, &participants)).for_each(|(all, own)| all.push(own));
    }
    Ok(scaled)
}

/// Each course, centred and scaled by the samples of the participant's other courses; by nothing where there are none, or they do
/// not vary.
fn scaled_by_others(courses: &[Vec<f64>], participants: &[Participant]) -> Vec<Vec<f64>> {
    let sums = |course: &[f64]| {
        let squares = course.iter().map(|sample| sample * sample).sum::<f64>();
        [course.len() as f64, course.iter().sum(), squares]
    };
    let mut all: BTreeMap<Participant, [f64; 3]> = BTreeMap::new();
    for (course, participant) in courses.iter().zip(participants) {
        let own = all.entry(*participant).or_default();
        own.iter_mut().zip(sums(course)).for_each(|(all, own)| *all += own);
    }
    let scaled = |(course, participant): (&Vec<f64>, &Participant)| {
        let ([count, sum, squares], own) = (all[participant], sums(course));
        let (count, sum, squares) = (count - own[0], sum - own[1], squares - own[2]);
        let centre = sum / count;
        let spread = (squares / count - centre * centre).max(0.0).sqrt();
        let is_scale = spread.is_finite() && spread > 0.0;
        course.iter().map(|sample| if is_scale { (sample - centre) / spread } else { *sample }).collect()
    };
    courses.iter().zip(participants).map(scaled).collect()
}

impl Method {
    /// What it sees of courses. Features of all channels stand side by side, and so do courses; MiniRocket has as many features
    /// as of one channel, dealt evenly to the channels, but at least 84 of each.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for a course that is too short for its features.
    pub(super) fn see(self, courses: &[Courses]) -> Result<Seen> {
        let features = |of: fn(&[f64]) -> Option<Vec<f64>>| {
            let rows = courses.iter().map(|course| {
                let each: Option<Vec<Vec<f64>>> = course.iter().map(|own| of(own)).collect();
                each.map(|each| each.concat()).ok_or_else(|| {
                    let found = format!("{} samples", course.first().map_or(0, Vec::len));
                    Error::new(
                        Fault::BAD_SETTING,
                        Place::field("course of a baseline"),
                        "at least nine samples",
                        found,
                    )
                })
            });
            let rows = Error::gather(rows)?;
            let columns = rows.first().map_or(0, Vec::len);
            Ok(Seen::Features(Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
                rows[row][column]
            })))
        };
        match self {
            Self::MiniRocket => {
                let single = |course: &Vec<f64>| course.iter().map(|sample| *sample as f32).collect();
                Ok(Seen::Signals(courses.iter().map(|course| course.iter().map(single).collect()).collect()))
            }
            Self::Discriminant | Self::Logistic => features(level_and_spectrum),
            Self::Trees => features(dyadic_quantiles),
            Self::Template => {
                let shortest = courses.iter().flatten().map(Vec::len).min().unwrap_or(0);
                let channels = courses.first().map_or(0, Vec::len);
                let course = |(row, place): (usize, usize)| courses[row][place / shortest][place % shortest];
                Ok(Seen::Courses(Array2::from_shape_fn((courses.len(), channels * shortest), course)))
            }
        }
    }

    /// Fits it to training recordings, as far as that needs no labels, and shows it the test recordings.
    ///
    /// # Errors
    /// Those of [`MiniRocket::fit`] and [`MiniRocket::transform`].
    pub(super) fn fit(
        self,
        seen: &Seen,
        participants: &[Participant],
        training: &[usize],
        test: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Relabelled>> {
        let features = match seen {
            Seen::Courses(courses) => {
                return Ok(Box::new(Template::of(courses, participants, training, test)));
            }
            Seen::Features(values) => scaled(&values.view(), training, test),
            Seen::Signals(signals) => {
                // Of all recordings, tested ones too: its features are of all of them or of none.
                let shortest = signals.iter().flatten().map(Vec::len).min().unwrap_or(0);
                let channels = signals.first().map_or(0, Vec::len);
                let rockets = Error::gather((0..channels).map(|channel| {
                    let known: Vec<&[f32]> =
                        training.iter().map(|place| &signals[*place][channel][..]).collect();
                    MiniRocket::fit(&known, shortest, FEATURES / channels, seed)
                }))?;
                let features = rockets.iter().map(MiniRocket::features).sum();
                let rows = |places: &[usize]| -> Result<Array2<f64>> {
                    let mut rows = Array2::zeros((places.len(), features));
                    for (mut row, place) in rows.rows_mut().into_iter().zip(places) {
                        let each = rockets.iter().zip(&signals[*place]);
                        let features = Error::gather(each.map(|(rocket, own)| rocket.transform(own)))?;
                        row.iter_mut().zip(features.concat()).for_each(|(to, from)| *to = f64::from(from));
                    }
                    Ok(rows)
                };
                Scaled::of(&rows(training)?.view(), &rows(test)?.view())
            }
        };
        Ok(match self {
            Self::Logistic => Box::new(Logistic::of(&features)),
            Self::Trees => Box::new(ExtraTrees::of(features, seed)),
            Self::Discriminant => Box::new(Discriminant::of(features)),
            Self::MiniRocket | Self::Template => Box::new(Ridge::of(&features)),
        })
    }
}

fn scaled(values: &ArrayView2<'_, f64>, training: &[usize], test: &[usize]) -> Scaled {
    let rows = |places: &[usize]| values.select(Axis(0), places);
    Scaled::of(&rows(training).view(), &rows(test).view())
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MiniRocket => "minirocket",
            Self::Discriminant => "discriminant",
            Self::Logistic => "logistic",
            Self::Trees => "trees",
            Self::Template => "template",
        })
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Whole => "whole",
            Self::Equal => "equal",
        })
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "own",
            Self::Participant => "participant",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_scaled_by_the_others_of_its_participant_alone() {
        let courses = [vec![1.0, 3.0], vec![10.0, 14.0, 12.0], vec![7.0]];
        let participants = [1, 1, 2].map(Participant::new);
        let scaled = scaled_by_others(&courses, &participants);
        // The second has mean 12 and a standard deviation of √(8/3); the third has no other.
        let spread = (8.0_f64 / 3.0).sqrt();
        assert!((scaled[0][0] + 11.0 / spread).abs() < 1e-12 && (scaled[0][1] + 9.0 / spread).abs() < 1e-12);
        assert!((scaled[1][0] - 8.0).abs() < 1e-12);
        assert_eq!(scaled[2], courses[2]);
    }
}
