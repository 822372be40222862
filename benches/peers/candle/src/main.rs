//! Trains one of the paper's networks with candle and prints the median seconds of an epoch.
//!
//! ```text
//! RAYON_NUM_THREADS=1 candle-peer NETWORK DATA EPOCHS
//! ```
//!
//! The epoch is that of `benches/peers/train.py`: the networks are those of `tests/pytorch/networks.py` in candle's
//! own layers. candle has no way to switch gradients off, so validation records its graph too.

mod networks;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use candle_core::{DType, Device, Error, Result, Tensor};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap, loss};
use networks::{Cnn, Network, Recurrent};

/// candle walks a graph and frees it by recursion, one call deep for each operation on the way: thousands in an LSTM.
const STACK_BYTES: usize = 1 << 30;

/// Examples `[frames, 8]` and their labels.
struct Part {
    examples: Vec<Tensor>,
    labels: Tensor,
}

impl Part {
    /// The examples and labels of `members`.
    fn batch(&self, members: &[u32]) -> Result<(Vec<&Tensor>, Tensor)> {
        let examples = members.iter().map(|&member| &self.examples[member as usize]).collect();
        let members = Tensor::new(members, &Device::Cpu)?;
        Ok((examples, self.labels.index_select(&members, 0)?))
    }
}

/// Reads the training and the validation part of what `cargo bench --bench epoch -- --export DATA` wrote.
fn read(data: &Path, name: &str) -> Result<[Part; 2]> {
    let json = fs::read(data.join(format!("{name}.json")))?;
    let shapes: HashMap<String, Vec<(usize, u32)>> = serde_json::from_slice(&json).map_err(Error::wrap)?;
    let values: Vec<f32> = fs::read(data.join(format!("{name}.f32")))?
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().expect("4 bytes")))
        .collect();
    let mut rest = values.as_slice();
    let mut part = |name: &str| -> Result<Part> {
        let mut examples = Vec::new();
        for &(frames, _) in &shapes[name] {
            let (example, after) = rest.split_at(frames * 8);
            examples.push(Tensor::from_slice(example, (frames, 8), &Device::Cpu)?);
            rest = after;
        }
        let labels: Vec<u32> = shapes[name].iter().map(|&(_, label)| label).collect();
        Ok(Part { examples, labels: Tensor::new(labels, &Device::Cpu)? })
    };
    let parts = [part("training")?, part("validation")?];
    assert!(rest.is_empty(), "values that belong to no example");
    Ok(parts)
}

/// A random order of `0..length`.
fn permutation(length: usize) -> Result<Vec<u32>> {
    Tensor::rand(0_f32, 1.0, length, &Device::Cpu)?.arg_sort_last_dim(true)?.to_vec1()
}

fn epoch(
    network: &dyn Network,
    adam: &mut AdamW,
    batch: usize,
    [training, validation]: &[Part; 2],
) -> Result<()> {
    for members in permutation(training.examples.len())?.chunks(batch) {
        let (examples, labels) = training.batch(members)?;
        adam.backward_step(&loss::cross_entropy(&network.forward(&examples, true)?, &labels)?)?;
    }
    let mut right = 0;
    let members: Vec<u32> = (0..validation.examples.len() as u32).collect();
    for members in members.chunks(batch) {
        let (examples, labels) = validation.batch(members)?;
        let genres = network.forward(&examples, false)?.argmax(1)?;
        right += genres.eq(&labels)?.to_dtype(DType::U32)?.sum_all()?.to_scalar::<u32>()?;
    }
    assert!(right as usize <= validation.examples.len());
    Ok(())
}

/// The median seconds of an epoch, after one that is not counted.
fn train(name: &str, data: &Path, epochs: usize) -> Result<f64> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    // Batch sizes and learning rates of the paper (2.2 to 2.4).
    let (network, data_of, batch, lr): (Box<dyn Network>, _, _, _) = match name {
        "baseline" => (Box::new(Recurrent::new(32, 1, [32, 16, 32], &vb)?), "lstm", 16, 1e-3),
        "multilayer" => (Box::new(Recurrent::new(64, 3, [64, 32, 64], &vb)?), "lstm", 16, 1e-3),
        "cnn" => (Box::new(Cnn::new(&vb)?), "cnn", 64, 2e-3),
        _ => candle_core::bail!("no network {name}"),
    };
    let parts = read(data, data_of)?;
    // Without weight decay, AdamW is Adam.
    let settings = ParamsAdamW { lr, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut adam = AdamW::new(variables.all_vars(), settings)?;
    epoch(&*network, &mut adam, batch, &parts)?;
    let mut seconds = Vec::with_capacity(epochs);
    for _ in 0..epochs {
        let start = Instant::now();
        epoch(&*network, &mut adam, batch, &parts)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok((seconds[(epochs - 1) / 2] + seconds[epochs / 2]) / 2.0)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, data, epochs] = &arguments[..] else { panic!("candle-peer NETWORK DATA EPOCHS") };
    let epochs = epochs.parse().expect("EPOCHS: a number");
    let seconds = std::thread::scope(|scope| {
        let train = || train(name, Path::new(data), epochs).expect("data to train on");
        let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, train).expect("room for a stack").join().expect("a run that ends")
    });
    println!("{seconds}");
}
