//! A network's tensors under PyTorch's names, in memory and as [safetensors](https://huggingface.co/docs/safetensors).
//!
//! Files are those that `safetensors.torch.save_file(module.state_dict(), …)` writes and `load_file` reads. Unlike
//! dfdx's own loading, which stops at the first mismatch, [`StateDict::load_runs`] lists everything that does not fit.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use dfdx::prelude::*;

use crate::error::{Error, Fault, Place, Problem, Result};

/// What PyTorch's normalisations count and nothing here needs.
const IGNORED: &str = "num_batches_tracked";

/// Shapes and elements by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateDict {
    tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl StateDict {
    /// All tensors of a module, running statistics included.
    #[must_use]
    pub fn of<M: TensorCollection<f32, D>, D: Device<f32>>(module: &M) -> Self {
        let mut dict = Self::default();
        let walked =
            M::iter_tensors(&mut RecursiveWalker { m: (module, String::new()), f: &mut Read(&mut dict) });
        let Ok(_) = walked;
        dict
    }

    /// The tensors of each run of a stack: a dictionary as one run alone has it.
    ///
    /// # Panics
    /// If the module is no stack: if its tensors have not all the same first dimension.
    #[must_use]
    pub fn of_runs<M: TensorCollection<f32, D>, D: Device<f32>>(stack: &M) -> Vec<Self> {
        Self::of(stack).unstack()
    }

    /// What gradients hold for a module's trainable tensors, under the names of these.
    ///
    /// # Panics
    /// If they hold nothing for one of them.
    #[must_use]
    pub fn of_gradients<M: TensorCollection<f32, D>, D: Device<f32>>(
        module: &M,
        gradients: &Gradients<f32, D>,
    ) -> Self {
        let mut dict = Self::default();
        let mut read = ReadGradients { gradients, dict: &mut dict };
        let Ok(_) = M::iter_tensors(&mut RecursiveWalker { m: (module, String::new()), f: &mut read });
        dict
    }

    /// Adds a tensor.
    pub fn insert(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) {
        self.tensors.insert(name, (shape, values));
    }

    /// Adds all tensors of another dictionary, their names behind `prefix` and a dot.
    pub fn nest(&mut self, prefix: &str, other: &Self) {
        let prefixed =
            |(name, tensor): (&String, &(Vec<usize>, Vec<f32>))| (format!("{prefix}.{name}"), tensor.clone());
        self.tensors.extend(other.tensors.iter().map(prefixed));
    }

    /// What [`Self::nest`] put behind a prefix; empty if nothing was.
    #[must_use]
    pub fn nested(&self, prefix: &str) -> Self {
        let own = self.tensors.iter().filter_map(|(name, tensor)| {
            let name = name.strip_prefix(prefix)?.strip_prefix('.')?;
            Some((name.to_owned(), tensor.clone()))
        });
        Self { tensors: own.collect() }
    }

    /// Shape and elements of a tensor.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&[usize], &[f32])> {
        self.tensors.get(name).map(|(shape, values)| (shape.as_slice(), values.as_slice()))
    }

    /// Names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Names of a module's tensors, in its order.
    pub(crate) fn names_of<M: TensorCollection<f32, D>, D: Device<f32>>(module: &M) -> Vec<String> {
        let mut names = Names(Vec::new());
        let Ok(_) = M::iter_tensors(&mut RecursiveWalker { m: (module, String::new()), f: &mut names });
        names.0
    }

    /// Puts the elements of a dictionary for each run into the tensors of a stack.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless there is one for each run; [`Fault::FOREIGN_WEIGHTS`] for each tensor of a run that is missing
    /// in its dictionary or has another shape, in the module's order, and for each that the module does not have; the module
    /// then keeps what it has. `num_batches_tracked`, which PyTorch writes for each normalisation, is passed over.
    pub fn load_runs<M: TensorCollection<f32, D>, D: Device<f32>>(
        dicts: &[Self],
        stack: &mut M,
    ) -> Result<()> {
        let own = Self::of_runs(stack);
        if dicts.len() != own.len() {
            let (expected, found) = (format!("weights of {} runs", own.len()), format!("of {}", dicts.len()));
            return Err(Error::new(Fault::BAD_SETTING, Place::field("weights"), expected, found));
        }
        let like = Error::gather(dicts.iter().zip(&own).map(|(dict, own)| dict.must_be_like(own)));
        like.map_err(|error| error.in_order(&Self::names_of(stack)))?;
        let known = |dict: &Self| {
            let tensors = dict.tensors.iter().filter(|(name, _)| !is_ignored(name));
            Self { tensors: tensors.map(|(name, tensor)| (name.clone(), tensor.clone())).collect() }
        };
        let all = Self::stack(&dicts.iter().map(known).collect::<Vec<_>>())?;
        let walked = M::iter_tensors(&mut RecursiveWalker { m: (stack, String::new()), f: &mut Write(&all) });
        let Ok(_) = walked;
        Ok(())
    }

    /// Names every tensor that another dictionary has otherwise or not, and every one that it has not.
    pub(crate) fn must_be_like(&self, wanted: &Self) -> Result<()> {
        let shape = |dict: &Self, name: &str| match dict.get(name) {
            Some((shape, _)) => format!("a tensor of shape {shape:?}"),
            None => "no such tensor".to_owned(),
        };
        let known = self.names().filter(|name| !is_ignored(name));
        let names: BTreeSet<&str> = wanted.names().chain(known).collect();
        let differing = (names.into_iter())
            .filter(|name| wanted.get(name).map(|found| found.0) != self.get(name).map(|found| found.0));
        let problem = |name: &str| {
            let (expected, found) = (shape(wanted, name), shape(self, name));
            Problem::new(Fault::FOREIGN_WEIGHTS, Place::field(name), expected, found)
        };
        Error::unless_none(differing.map(problem).collect())
    }

    /// A module with these tensors. Its type may leave dimensions open; the shapes here fill them.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_WEIGHTS`] for a tensor that is missing here or has not the module's shape;
    /// [`Fault::DEVICE_FAILED`].
    pub fn build<M: TensorCollection<f32, D, To<f32, D> = M>, D: Device<f32>>(
        &self,
        device: &D,
    ) -> Result<M> {
        let mut build = Build { dict: self, device };
        let built = M::iter_tensors(&mut RecursiveWalker { m: String::new(), f: &mut build })?;
        Ok(built.expect("every tensor is built"))
    }

    /// The tensors of several dictionaries, one behind the other: a new first dimension counts the dictionaries.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if there are none; [`Fault::FOREIGN_WEIGHTS`] for each tensor that is not in all of them in one shape.
    pub fn stack(dicts: &[Self]) -> Result<Self> {
        let mut stacked = Self::default();
        let Some(first) = dicts.first() else {
            return Err(Error::new(
                Fault::BAD_SETTING,
                Place::field("weights to stack"),
                "at least one",
                "none",
            ));
        };
        Error::gather(dicts.iter().map(|dict| dict.must_be_like(first)))?;
        for (name, (shape, _)) in &first.tensors {
            let shape = [&[dicts.len()], shape.as_slice()].concat();
            let values: Vec<&[f32]> = dicts.iter().filter_map(|dict| Some(dict.get(name)?.1)).collect();
            stacked.insert(name.clone(), shape, values.concat());
        }
        Ok(stacked)
    }

    /// What [`Self::stack`] has put together: one dictionary for each of the first dimension.
    ///
    /// # Panics
    /// If the tensors have not all the same first dimension.
    #[must_use]
    pub fn unstack(&self) -> Vec<Self> {
        let mut dicts = Vec::new();
        for (name, (shape, values)) in &self.tensors {
            let (&count, shape) = shape.split_first().expect("stacked tensors have a first dimension");
            if dicts.is_empty() {
                dicts = vec![Self::default(); count];
            }
            assert_eq!(dicts.len(), count, "the first dimension of {name}");
            let size: usize = shape.iter().product();
            for (index, dict) in dicts.iter_mut().enumerate() {
                dict.insert(name.clone(), shape.to_vec(), values[index * size..][..size].to_vec());
            }
        }
        dicts
    }
}

fn is_ignored(name: &str) -> bool {
    name.rsplit('.').next() == Some(IGNORED)
}

/// Fills a dictionary from a module.
struct Read<'a>(&'a mut StateDict);

impl<D: Device<f32>> TensorVisitor<f32, D> for Read<'_> {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, D>,
        (tensor, name): (&Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Self::Err> {
        self.0.insert(name, tensor.shape().concrete().into(), tensor.as_vec());
        Ok(None)
    }
}

/// The names of a module's tensors.
struct Names(Vec<String>);

impl<D: Device<f32>> TensorVisitor<f32, D> for Names {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, D>,
        (_, name): (&Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Self::Err> {
        self.0.push(name);
        Ok(None)
    }
}

/// Fills a dictionary from the gradients of a module.
struct ReadGradients<'a, D: Device<f32>> {
    gradients: &'a Gradients<f32, D>,
    dict: &'a mut StateDict,
}

impl<D: Device<f32>> TensorVisitor<f32, D> for ReadGradients<'_, D> {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, f32, D>,
        (tensor, name): (&Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Self::Err> {
        if options.do_gradient_update {
            let values = self.gradients.get(tensor).as_vec();
            self.dict.insert(name, tensor.shape().concrete().into(), values);
        }
        Ok(None)
    }
}

/// Fills a module from a dictionary that has its names and shapes.
struct Write<'a>(&'a StateDict);

impl<D: Device<f32>> TensorVisitor<f32, D> for Write<'_> {
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, D>,
        (tensor, name): (&mut Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Self::Err> {
        if let Some((_, values)) = self.0.get(&name) {
            tensor.copy_from(values);
        }
        Ok(None)
    }
}

/// Makes a module from a dictionary.
struct Build<'a, D> {
    dict: &'a StateDict,
    device: &'a D,
}

impl<D: Device<f32>> TensorVisitor<f32, D> for Build<'_, D> {
    type Viewer = ViewTensorName;
    type Err = Error;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, D>,
        name: String,
    ) -> Result<Option<Tensor<S, f32, D>>> {
        let wrong = |found: String| {
            let expected = format!("a tensor of {} dimensions, as the module has it", S::NUM_DIMS);
            Error::new(Fault::FOREIGN_WEIGHTS, Place::field(&name), expected, found)
        };
        let (found, values) = self.dict.get(&name).ok_or_else(|| wrong("no such tensor".to_owned()))?;
        let mut sizes = S::Concrete::default();
        if found.len() == S::NUM_DIMS {
            (0..).zip(found).for_each(|(dimension, size)| sizes[dimension] = *size);
        }
        let shape = S::from_concrete(&sizes).ok_or_else(|| wrong(format!("a tensor of shape {found:?}")))?;
        let tensor = self.device.try_tensor_from_vec(values.to_vec(), shape);
        tensor.map(Some).map_err(|cause| {
            Error::new(Fault::DEVICE_FAILED, Place::field(&name), "room for the weights", cause.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::TestDevice;
    use crate::nn::{Lstm, Size};

    type Module = Lstm<Const<2>, Const<3>, 2, f32, TestDevice>;

    pub(super) fn module() -> Module {
        of_seeds(&[1])
    }

    /// A stack of runs, each with weights from a seed.
    fn of_seeds(seeds: &[u64]) -> Module {
        let alone = |seed: &u64| {
            let module: Module = Lstm::new(&TestDevice::seed_from_u64(*seed), 1, Const, Const).unwrap();
            StateDict::of_runs(&module).remove(0)
        };
        let dicts: Vec<StateDict> = seeds.iter().map(alone).collect();
        StateDict::stack(&dicts).unwrap().build(&TestDevice::default()).unwrap()
    }

    #[test]
    fn a_module_comes_back_from_bytes() {
        let saved = StateDict::of_runs(&module()).remove(0);
        let bytes = saved.to_bytes(Some("a note".into()));
        let (read, note) = StateDict::from_bytes(&bytes).unwrap();
        assert_eq!((&read, note.as_deref()), (&saved, Some("a note")));
        assert_eq!(read.to_bytes(note), bytes);
        let mut other = of_seeds(&[2]);
        assert_ne!(StateDict::of_runs(&other)[0], saved);
        StateDict::load_runs(std::slice::from_ref(&read), &mut other).unwrap();
        assert_eq!(StateDict::of_runs(&other), [saved]);
    }

    #[test]
    fn everything_that_does_not_fit_is_named_and_nothing_is_loaded() {
        let mut module = module();
        let before = StateDict::of_runs(&module);
        let mut dict = before[0].clone();
        dict.tensors.remove("bias_hh_l1");
        dict.insert("weight_hh_l0".into(), vec![3, 12], vec![0.0; 36]);
        dict.insert("weight_hh_l2".into(), vec![1], vec![0.0]);
        dict.insert("norm.num_batches_tracked".into(), vec![], vec![0.0]);
        let error = StateDict::load_runs(&[dict], &mut module).unwrap_err();
        let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 3, "{problems:?}");
        // In the module's order, not in that of the alphabet.
        assert!(
            problems[0].starts_with("weight_hh_l0: expected a tensor of shape [12, 3], found a tensor of")
        );
        assert!(problems[1].starts_with("bias_hh_l1: expected a tensor of shape [12], found no such tensor"));
        assert!(
            problems[2].starts_with("weight_hh_l2: expected no such tensor, found a tensor of shape [1]")
        );
        assert_eq!(StateDict::of_runs(&module), before);
        let error = StateDict::load_runs(&[], &mut module).unwrap_err();
        assert!(error.to_string().starts_with("weights: expected weights of 1 runs, found of 0"), "{error}");
    }

    #[test]
    fn nested_dictionaries_come_apart_again() {
        let inner = StateDict::of(&module());
        let mut outer = StateDict::default();
        outer.nest("first", &inner);
        outer.nest("first.second", &StateDict::default());
        outer.nest("firsts", &inner);
        assert_eq!(outer.names().count(), 2 * inner.names().count());
        assert_eq!(outer.nested("first"), inner);
        assert_eq!(outer.nested("second"), StateDict::default());
    }

    #[test]
    fn stacked_dictionaries_come_apart_again() {
        let stack = of_seeds(&[0, 1, 2]);
        let dicts = StateDict::of_runs(&stack);
        assert_eq!(StateDict::of(&stack).get("weight_ih_l0").unwrap().0, [3, 12, 2]);
        assert_eq!(dicts[1], StateDict::of_runs(&of_seeds(&[1])).remove(0));
        assert_eq!(StateDict::stack(&dicts).unwrap(), StateDict::of(&stack));
        let mut odd = dicts[1].clone();
        odd.insert("bias_ih_l1".to_owned(), vec![11], vec![0.0; 11]);
        let error = StateDict::stack(&[dicts[0].clone(), odd, dicts[2].clone()]).unwrap_err();
        assert_eq!(error.problems().len(), 1);
        assert!(error.to_string().starts_with("bias_ih_l1: expected a tensor of shape [12]"), "{error}");
    }

    #[test]
    fn a_module_is_built_from_its_dictionary_and_from_no_other() {
        let module = module();
        let dict = StateDict::of(&module);
        let built: Module = dict.build(&TestDevice::default()).unwrap();
        assert_eq!(StateDict::of(&built), dict);
        let wider = dict.build::<Lstm<Const<2>, Const<4>, 2, f32, TestDevice>, _>(&TestDevice::default());
        let error = wider.unwrap_err();
        assert!(error.to_string().starts_with("weight_ih_l0: expected a tensor of 3 dimensions"), "{error}");
        // Sizes that are open are those of the dictionary.
        let open: Lstm<Size, Size, 2, f32, TestDevice> = dict.build(&TestDevice::default()).unwrap();
        assert_eq!(StateDict::of(&open), dict);
    }
}
