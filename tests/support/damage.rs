//! Sound bytes become damaged ones, and panics are counted.

// Each test program uses a part of this.
#![allow(dead_code)]

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

/// Panics of this program since it was first asked, also those that the library catches. A failed assertion of a test
/// beside this one counts too; that test has failed anyway.
pub fn panics() -> usize {
    static HOOKED: Once = Once::new();
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    HOOKED.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            COUNT.fetch_add(1, Ordering::SeqCst);
            report(panic);
        }));
    });
    COUNT.load(Ordering::SeqCst)
}

/// One change of some bytes.
#[derive(Debug, Clone)]
pub enum Damage {
    Flip { at: prop::sample::Index, mask: u8 },
    Cut { at: prop::sample::Index },
    Repeat { at: prop::sample::Index, length: usize, times: usize },
    Put { at: prop::sample::Index, text: &'static str },
}

impl Damage {
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match *self {
            Self::Flip { at, mask } => {
                let at = at.index(bytes.len());
                bytes[at] ^= mask;
            }
            Self::Cut { at } => bytes.truncate(at.index(bytes.len())),
            Self::Repeat { at, length, times } => {
                let at = at.index(bytes.len());
                let end = (at + length).min(bytes.len());
                let copy = bytes[at..end].repeat(times);
                bytes.splice(at..at, copy);
            }
            Self::Put { at, text } => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, text.bytes());
            }
        }
    }
}

/// Some damages to one file, and a part of it. Always the same ones, as many as there are cases.
pub fn damages(
    cases: u32,
    texts: &'static [&'static str],
) -> impl Iterator<Item = (Vec<Damage>, prop::sample::Index)> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(Default::default()));
    let strategy = (prop::collection::vec(damage(texts), 1..4), any::<prop::sample::Index>());
    (0..cases).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

fn damage(texts: &'static [&'static str]) -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<prop::sample::Index>(), 1..=255_u8).prop_map(|(at, mask)| Damage::Flip { at, mask }),
        1 => any::<prop::sample::Index>().prop_map(|at| Damage::Cut { at }),
        2 => (any::<prop::sample::Index>(), 1..200_usize, 1..20_usize)
            .prop_map(|(at, length, times)| Damage::Repeat { at, length, times }),
        4 => (any::<prop::sample::Index>(), prop::sample::select(texts))
            .prop_map(|(at, text)| Damage::Put { at, text }),
    ]
}
