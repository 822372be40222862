//! The LSTM's time loops do not allocate: a pass costs as many allocations for 50 steps as for 400.
//!
//! Counted on the measuring thread only. The first passes fill the thread's pool of buffers and are not counted.

#[path = "support/counting.rs"]
mod counting;

use dfdx::prelude::*;
use eegenre::nn::{Dropout, Lstm, Packed};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// Allocations of a training pass (forward and backward) of three layers, as in the multi-layer network but narrower,
/// for sequences of `longest` frames and less: with every output, and with the ends alone.
fn allocations(longest: usize) -> [usize; 2] {
    let device = Cpu::seed_from_u64(1);
    let mut model: Lstm<_, _, 3, f32, _> = Lstm::new(&device, 1, Const::<8>, Const::<16>).unwrap();
    let sequences: Vec<Vec<f32>> = (0..5).map(|n| vec![0.5; 8 * (longest - n)]).collect();
    let batch = Packed::from_sequences(&device, Const, &[sequences]).unwrap();
    let dropouts = [Dropout::new(0.1, 1, 0, 0).unwrap()];
    let mut gradients = Some(model.alloc_grads());
    let mut pass = |ends_alone: bool| {
        let batch = batch.clone().traced(gradients.take().unwrap());
        let before = counting::allocations();
        let ends = if ends_alone {
            model.ends(batch, Some(&dropouts))
        } else {
            model.forward_mut((batch, &dropouts[..])).ends()
        };
        gradients = Some(ends.sum().backward());
        counting::allocations() - before
    };
    [false, true].map(|ends_alone| {
        for _ in 0..3 {
            pass(ends_alone);
        }
        let counted = pass(ends_alone);
        assert_eq!(pass(ends_alone), counted, "a warm pass costs the same each time");
        counted
    })
}

#[test]
fn allocations_do_not_depend_on_the_number_of_steps() {
    let (short, long) = (allocations(50), allocations(400));
    println!("allocations of a pass: {short:?} for 50 steps, {long:?} for 400 (all outputs, ends alone)");
    assert_eq!(short, long);
    assert!(long.iter().all(|&count| count < 200), "{long:?}");
}
