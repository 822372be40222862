//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// The device that computes could not hold a batch.
    pub const DEVICE_FAILED: Self =
        Self::rule("device-failed", "use smaller batches or a device with more memory");
    /// A file of weights is damaged or of another kind.
    pub const BAD_WEIGHTS: Self = Self::rule(
        "bad-weights",
        "give a safetensors file of finite floating-point numbers, as training or \
                 safetensors.torch.save_file writes it",
    );
    /// A file of weights is PyTorch's own.
    pub const PYTORCH_FILE: Self = Self::rule(
        "pytorch-file",
        "save it as safetensors in Python:\n  import torch, safetensors.torch\n  \
                 safetensors.torch.save_file(torch.load(\"weights.pt\", weights_only=True), \"weights.safetensors\")",
    );
    /// A file of weights belongs to another network, or is for other recordings.
    pub const FOREIGN_WEIGHTS: Self = Self::rule(
        "foreign-weights",
        "give recordings and settings as the weights were trained with, or other weights",
    );
}
