//! Mean courses of classes over other participants.

use ndarray::Array2;

use super::relabelled::Relabelled;
use crate::recordings::Participant;

/// For each class the correlation of a test course with the mean of the training courses of that class by **other**
/// participants, each course with mean 0 and standard deviation 1.
///
/// What music does to everybody at the same moment is found this way, and nothing that one participant has alone: inter-subject
/// correlation, U. Hasson et al., *Intersubject synchronization of cortical activity during natural vision*, Science 303,
/// 2004. All courses have one length.
#[derive(Debug, Clone)]
pub struct Template {
    /// `[training rows, training rows]`: products of courses.
    products: Array2<f64>,
    /// `[test rows, training rows]`
    test: Array2<f64>,
    /// For each test row, whether a training row is of another participant.
    is_other: Array2<bool>,
}

impl Template {
    /// From the courses of all recordings, `[recordings, samples]`, who was recorded, and the recordings that train and are
    /// tested.
    #[must_use]
    pub fn of(
        courses: &Array2<f64>,
        participants: &[Participant],
        training: &[usize],
        test: &[usize],
    ) -> Self {
        let unit = |places: &[usize]| {
            let mut rows = courses.select(ndarray::Axis(0), places);
            for mut row in rows.rows_mut() {
                let centre = row.mean().unwrap_or(0.0);
                row -= centre;
                let norm = row.dot(&row).sqrt();
                // A constant course is like no other.
                row.mapv_inplace(|value| if norm > 0.0 { value / norm } else { 0.0 });
            }
            rows
        };
        let (known, tested) = (unit(training), unit(test));
        let is_other = Array2::from_shape_fn((test.len(), training.len()), |(one, other)| {
            participants[test[one]] != participants[training[other]]
        });
        Self { products: known.dot(&known.t()), test: tested.dot(&known.t()), is_other }
    }
}

impl Relabelled for Template {
    fn scores(&self, labels: &[usize], classes: usize) -> Array2<f64> {
        let score = |(row, class): (usize, usize)| {
            let is_of = |other: &usize| labels[*other] == class && self.is_other[[row, *other]];
            let members: Vec<usize> = (0..labels.len()).filter(is_of).collect();
            let sum: f64 = members.iter().map(|member| self.test[[row, *member]]).sum();
            let square: f64 = members
                .iter()
                .flat_map(|one| members.iter().map(move |other| (one, other)))
                .map(|(one, other)| self.products[[*one, *other]])
                .sum();
            match members.len() {
                0 => f64::NEG_INFINITY,
                _ if square > 0.0 => sum / square.sqrt(),
                _ => 0.0,
            }
        };
        Array2::from_shape_fn((self.test.nrows(), classes), score)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::noise;
    use super::*;

    /// Courses of three classes by participants in turn: a wave of the class, and noise.
    fn courses(rows: usize, strength: f64) -> Array2<f64> {
        Array2::from_shape_fn((rows, 200), |(row, sample)| {
            strength * (0.05 * (1 + row % 3) as f64 * sample as f64).sin() + noise(row * 200 + sample)
        })
    }

    fn participants(rows: usize) -> Vec<Participant> {
        (0..rows as u32).map(|row| Participant::new(row / 6)).collect()
    }

    #[test]
    fn scores_are_correlations_with_means_over_others() {
        let (courses, participants) = (courses(12, 0.3), participants(12));
        let training: Vec<usize> = (1..12).collect();
        let labels: Vec<usize> = training.iter().map(|row| row % 3).collect();
        let scores = Template::of(&courses, &participants, &training, &[0]).scores(&labels, 3);
        let unit = |row: usize| {
            let row = courses.row(row).to_owned();
            let centred = &row - row.mean().unwrap();
            let norm = centred.dot(&centred).sqrt();
            centred / norm
        };
        for class in 0..3 {
            // Participant 1 has the rows 6 to 11; row 0 is of participant 0.
            let mean = unit(6 + class) + unit(9 + class);
            let expected = unit(0).dot(&mean) / mean.dot(&mean).sqrt();
            assert!((scores[[0, class]] - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_shared_course_is_found_and_what_a_participant_has_alone_is_not() {
        let rows: Vec<usize> = (0..24).collect();
        let labels: Vec<usize> = rows.iter().map(|row| row % 3).collect();
        let right = |courses: &Array2<f64>| {
            let scores = Template::of(courses, &participants(24), &rows, &rows).scores(&labels, 3);
            let best = |row: &[f64]| super::super::relabelled::highest(row, 0..3);
            let answers = scores.rows().into_iter().map(|row| best(&row.to_vec()));
            answers.zip(&labels).filter(|(answer, label)| *answer == Some(**label)).count()
        };
        assert_eq!(right(&courses(24, 2.0)), 24);
        // A wave of each participant and class, shared by the two recordings of both.
        let own = Array2::from_shape_fn((24, 200), |(row, sample)| {
            (0.03 * (1 + row % 3 + 3 * (row / 6)) as f64 * sample as f64).sin()
                + 0.1 * noise(row * 200 + sample)
        });
        assert!(right(&own) < 16, "{}", right(&own));
    }

    #[test]
    fn a_class_that_no_other_participant_has_is_never_answered() {
        let (courses, participants) = (courses(12, 0.3), participants(12));
        let training: Vec<usize> = (1..12).collect();
        let labels: Vec<usize> = training.iter().map(|row| if *row < 6 { 1 } else { 0 }).collect();
        let scores = Template::of(&courses, &participants, &training, &[0]).scores(&labels, 3);
        assert!(scores[[0, 0]].is_finite() && scores[[0, 1]] == f64::NEG_INFINITY);
    }
}
