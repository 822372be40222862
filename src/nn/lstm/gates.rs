//! The forget gates of LSTM layers, from the outputs that the layers give anyway.

use std::sync::Arc;

use dfdx::prelude::*;

use super::{Gates, Lstm, LstmKernel, LstmLayer};
use crate::nn::{Packed, Packing, Rows};

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: LstmKernel<E>>
    Lstm<I, H, LAYERS, E, D>
{
    /// f of each layer, the lowest first, for every frame of a batch: `[frames, H]` in packed order, without dropout.
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
fn forget_gates<const I: usize, const H: usize, E: Dtype, D: LstmKernel<E>>(
    input: Packed<I, E, D>,
    weights: &LstmLayer<I, H, E, D>,
    output: &Packed<H, E, D>,
) -> Result<Rows<H, E, D>, D::Err> {
    let (frames, packing) = input.into_parts();
    let (device, rows) = (frames.device().clone(), packing.frames());
    if rows == 0 {
        return device.try_zeros_like(&(0, Const));
    }
    // h_{t-1}, which is 0 before the first frame: a row of zeros behind the last one.
    let zeros: Rows<H, E, D> = device.try_zeros_like(&(1, Const))?;
    let with_zeros = (output.frames().clone(), zeros).try_concat_along(Axis::<0>)?;
    let before = device.try_tensor_from_vec::<(usize,)>(rows_before(&packing), (rows,))?;
    let before: Rows<H, E, D> = with_zeros.try_gather(before)?;
    let z = frames
        .try_matmul(weights.weight_ih.clone().try_permute::<(Const<I>, Gates<H>), _>()?)?
        .try_add(before.try_matmul(weights.weight_hh.clone().try_permute::<(Const<H>, Gates<H>), _>()?)?)?;
    let bias = weights.bias_ih.clone().try_add(weights.bias_hh.clone())?;
    let shape = *z.shape();
    let z = z.try_add(bias.try_broadcast_like(&shape)?)?;
    // The second of four blocks of H.
    let z = z.try_reshape_like(&(rows, Const::<4>, Const::<H>))?;
    let second = device.try_tensor_from_vec(vec![1; rows], (rows,))?;
    let forget: Rows<H, E, D> = z.try_select(second)?;
    forget.try_sigmoid()
}

/// For each row of a packed batch, that of the frame before; the row behind the last one for a first frame.
fn rows_before(packing: &Arc<Packing>) -> Vec<usize> {
    let mut before = vec![packing.frames(); packing.frames()];
    for (sequence, length) in packing.lengths().iter().enumerate() {
        for step in 1..*length {
            if let (Some(row), Some(earlier)) = (packing.row(sequence, step), packing.row(sequence, step - 1))
            {
                before[row] = earlier;
            }
        }
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::lstm::builder;

    /// One layer of one unit with weights in round numbers, worked out by hand.
    #[test]
    fn forget_gates_are_those_of_the_equations() {
        let device = Cpu::default();
        let mut model = device.build_module::<builder::Lstm<1, 1, 2>, f64>();
        let set = |tensor: &mut Tensor<(Gates<1>,), f64, Cpu>, values: [f64; 4]| {
            *tensor = device.tensor_from_vec(values.to_vec(), (Gates,));
        };
        model.first.weight_ih = device.tensor_from_vec(vec![0.5, -1.0, 2.0, 1.0], (Gates, Const));
        model.first.weight_hh = device.tensor_from_vec(vec![1.0, 3.0, -1.0, 0.5], (Gates, Const));
        set(&mut model.first.bias_ih, [0.1, 0.2, 0.3, 0.4]);
        set(&mut model.first.bias_hh, [0.0, -0.5, 0.0, 0.0]);
        let sequences = [vec![1.0, -2.0, 0.5], vec![0.25]];
        let batch = Packed::from_sequences(&device, &sequences).unwrap();
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
