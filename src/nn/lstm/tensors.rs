//! The tensors of LSTM layers under PyTorch's names, for those of one run and of several.

/// Tensors of a layer, from their names; the layer is that of the module `$s`.
macro_rules! layer_tensors {
    ($names:expr, |$s:ident| $layer:expr, $($weight:ident),*) => {{
        let [$($weight),*] = $names;
        ($(Self::tensor(
            $weight,
            move |$s| &$layer.$weight,
            move |$s| &mut $layer.$weight,
            TensorOptions::reset_with(|weights| $crate::nn::random::fill_symmetric(weights, H)),
        ),)*)
    }};
}

/// Makes a [`TensorCollection`](dfdx::nn::TensorCollection) of a type with a `first` layer and the `rest`.
macro_rules! lstm_tensors {
    ($Lstm:ident, $Layer:ident) => {
        impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: Device<E>>
            TensorCollection<E, D> for $Lstm<I, H, LAYERS, E, D>
        {
            type To<E2: Dtype, D2: Device<E2>> = $Lstm<I, H, LAYERS, E2, D2>;

            fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
                visitor: &mut V,
            ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
                // PyTorch's names stand directly in the module, so the layers are no modules of their own.
                let names = |k: usize| {
                    ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(|weight| format!("{weight}_l{k}"))
                };
                let first = names(0);
                let rest: Vec<[String; 4]> = (1..LAYERS).map(names).collect();
                let first = layer_tensors!(&first, |s| s.first, weight_ih, weight_hh, bias_ih, bias_hh);
                let rest = rest.iter().enumerate().map(|(k, names)| {
                    layer_tensors!(names, |s| s.rest[k], weight_ih, weight_hh, bias_ih, bias_hh)
                });
                visitor.visit_fields((first, rest.collect::<Vec<_>>()), |(first, rest)| {
                    let (weight_ih, weight_hh, bias_ih, bias_hh) = first;
                    let first = $Layer { weight_ih, weight_hh, bias_ih, bias_hh };
                    let rest = rest.into_iter().map(|(weight_ih, weight_hh, bias_ih, bias_hh)| $Layer {
                        weight_ih,
                        weight_hh,
                        bias_ih,
                        bias_hh,
                    });
                    $Lstm { first, rest: rest.collect() }
                })
            }
        }
    };
}

pub(in crate::nn) use {layer_tensors, lstm_tensors};
