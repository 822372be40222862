//! The forget gates of LSTM layers, from the outputs that the layers give anyway.

use dfdx::prelude::*;

use super::{Gates, Lstm, LstmKernel, LstmLayer};
use crate::nn::{Packed, Packings, Rows, Size};

impl<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: LstmKernel<E>> Lstm<I, H, LAYERS, E, D> {
    /// f of each layer, the lowest first, for every frame of batches: `[runs, rows, H]` in packed order, without dropout.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_forget_gates(&self, input: Packed<I, E, D>) -> Result<Vec<Rows<H, E, D>>, D::Err> {
        let mut hidden = D::lstm(input.clone(), &self.first, &[], None)?;
        let mut gates = vec![forget_gates(input, &self.first, &hidden)?];
        for layer in &self.rest {
            let above = D::lstm(hidden.clone(), layer, &[], None)?;
            gates.push(forget_gates(hidden, layer, &above)?);
            hidden = above;
        }
        Ok(gates)
    }
}

/// f = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf), from what a layer reads and what it gives.
fn forget_gates<I: Dim, H: Dim, E: Dtype, D: LstmKernel<E>>(
    input: Packed<I, E, D>,
    weights: &LstmLayer<I, H, E, D>,
    output: &Packed<H, E, D>,
) -> Result<Rows<H, E, D>, D::Err> {
    let (frames, packings) = input.into_parts();
    let device = frames.device().clone();
    let (runs, rows, _) = *frames.shape();
    let (_, units) = weights.sizes();
    // h_{t-1}, which is 0 before the first frame.
    let (places, is_later) = frames_before(&packings);
    let before: Rows<H, E, D> =
        output.frames().clone().try_gather(device.try_tensor_from_vec(places, (runs, rows))?)?;
    let one = E::from_f64(1.0).expect("a floating-point type holds every number");
    let factors = is_later.into_iter().map(|is| if is { one } else { E::default() }).collect();
    let factors = device.try_tensor_from_vec(factors, (runs, rows))?;
    let before = before.try_mul(factors.try_broadcast_like::<_, Axis<2>>(&(runs, rows, units))?)?;
    let weight_ih = weights.weight_ih.clone().try_permute::<(Size, I, Gates<H>), Axes3<0, 2, 1>>()?;
    let weight_hh = weights.weight_hh.clone().try_permute::<(Size, H, Gates<H>), Axes3<0, 2, 1>>()?;
    let z: Tensor<(Size, usize, Gates<H>), E, D> = frames.try_matmul(weight_ih)?;
    let z = z.try_add(before.try_matmul(weight_hh)?)?;
    let bias = weights.bias_ih.clone().try_add(weights.bias_hh.clone())?;
    let shape = *z.shape();
    let z = z.try_add(bias.try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    // The second of four blocks of H.
    let z = z.try_reshape_like(&(runs, rows, Const::<4>, units))?;
    let second = device.try_tensor_from_vec(vec![1; runs.0 * rows], (runs, rows))?;
    let forget: Rows<H, E, D> = z.try_select(second)?;
    forget.try_sigmoid()
}

/// For each row of each run the row of the frame before, and whether there is one.
fn frames_before(packings: &Packings) -> (Vec<usize>, Vec<bool>) {
    let rows = packings.rows();
    let mut places = vec![0; packings.runs().len() * rows];
    let mut is_later = vec![false; places.len()];
    for (run, packing) in packings.runs().iter().enumerate() {
        for step in 1..packing.steps() {
            let earlier = packing.rows(step - 1).start;
            for (rank, row) in packing.rows(step).enumerate() {
                places[run * rows + row] = earlier + rank;
                is_later[run * rows + row] = true;
            }
        }
    }
    (places, is_later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Packing;

    /// One layer of one unit with weights in round numbers, worked out by hand.
    #[test]
    fn forget_gates_are_those_of_the_equations() {
        let device = Cpu::default();
        let mut model: Lstm<_, _, 2, f64, _> = Lstm::new(&device, 1, Const::<1>, Const::<1>).unwrap();
        model.first.weight_ih.copy_from(&[0.5, -1.0, 2.0, 1.0]);
        model.first.weight_hh.copy_from(&[1.0, 3.0, -1.0, 0.5]);
        model.first.bias_ih.copy_from(&[0.1, 0.2, 0.3, 0.4]);
        model.first.bias_hh.copy_from(&[0.0, -0.5, 0.0, 0.0]);
        let sequences = [vec![1.0, -2.0, 0.5], vec![0.25]];
        let batch = Packed::from_sequences(&device, Const, &[&sequences]).unwrap();
        let packing = Packing::new(&[3, 1]);
        let gates = model.try_forget_gates(batch).unwrap();
        assert_eq!(gates.len(), 2);
        let found = gates[0].as_vec();

        let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
        for (sequence, frames) in sequences.iter().enumerate() {
            let (mut h, mut c) = (0.0, 0.0);
            for (step, x) in frames.iter().enumerate() {
                let f = sigmoid(-x + 0.2 - 0.5 + 3.0 * h);
                let row = packing.row(sequence, step).unwrap();
                assert!((found[row] - f).abs() < 1e-12, "{} and not {f}", found[row]);
                let i = sigmoid(0.5 * x + 0.1 + h);
                let g = (2.0 * x + 0.3 - h).tanh();
                let o = sigmoid(x + 0.4 + 0.5 * h);
                c = f * c + i * g;
                h = o * f64::tanh(c);
            }
        }
        assert!(gates[1].as_vec().iter().all(|f| (0.0..1.0).contains(f)));
    }
}
