//! What an answer is worth that looks at no signal.

use serde::Serialize;

use crate::models::GENRES;
use crate::recordings::Genre;

/// Accuracies that can be had on a test set without looking at a signal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chance {
    /// By guessing, all genres of the test set equally often: 1/3 on the paper's, which the paper compares with (3.1).
    pub guessing: f64,
    /// How many genres that are.
    pub genres: usize,
    /// By always answering the most frequent genre of the test set: the best that its class counts allow.
    pub most_frequent: f64,
    /// That genre; of equally frequent ones, the lower label.
    pub genre: Genre,
    /// Test recordings of each genre, in label order.
    pub recordings: [usize; GENRES],
}

impl Chance {
    /// Of a test set with so many recordings of each genre.
    pub(super) fn of(recordings: [usize; GENRES]) -> Self {
        let mut genre = Genre::ALL[0];
        for other in Genre::ALL {
            if recordings[other.label()] > recordings[genre.label()] {
                genre = other;
            }
        }
        let all: usize = recordings.iter().sum();
        let most_frequent = recordings[genre.label()] as f64 / all as f64;
        let genres = recordings.iter().filter(|count| **count > 0).count();
        Self { guessing: 1.0 / genres as f64, genres, most_frequent, genre, recordings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_the_most_frequent_genre_is_never_worse_than_guessing() {
        let chance = Chance::of([12, 15, 12]);
        assert_eq!((chance.genre, chance.most_frequent), (Genre::Instrumental, 15.0 / 39.0));
        let two = Chance::of([10, 0, 30]);
        assert_eq!((two.genres, two.guessing, two.most_frequent), (2, 0.5, 0.75));
        let even = Chance::of([13, 13, 13]);
        assert_eq!((even.genre, even.most_frequent), (Genre::Classical, even.guessing));
    }
}
