// What lies under each kernel of a convolution, and the way back, in single precision.
//
//   x, d_x              [signals, length, channels]
//   windows, d_windows  [signals, length, width, channels]
//
//   windows[t, k] = x[t + k - width / 2], zero beyond both ends
//
// Grids are of any size; their threads go through the elements together.
//
// It is written so that a C compiler takes it, too: nn/emulation runs it thread for thread on a CPU.

#ifdef __CUDACC__
#define KERNEL extern "C" __global__ void
#endif

#define FIRST (blockIdx.x * (long long)blockDim.x + threadIdx.x)
#define STRIDE ((long long)gridDim.x * blockDim.x)

KERNEL windows_forward(const float *x, int signals, int length, int channels, int width, float *windows) {
    const long long elements = (long long)signals * length * width * channels;
    for (long long at = FIRST; at < elements; at += STRIDE) {
        const int channel = at % channels, k = at / channels % width;
        const long long row = at / channels / width;
        const int from = row % length + k - width / 2;
        const long long signal = row / length;
        windows[at] = from >= 0 && from < length ? x[(signal * length + from) * channels + channel] : 0.0f;
    }
}

// Adds to the gradient of each value that of every window in which it lies.
KERNEL windows_backward(const float *d_windows, int signals, int length, int channels, int width, float *d_x) {
    const long long elements = (long long)signals * length * channels;
    for (long long at = FIRST; at < elements; at += STRIDE) {
        const int channel = at % channels, place = at / channels % length;
        const long long signal = at / channels / length;
        float sum = 0.0f;
        for (int k = 0; k < width; ++k) {
            const int t = place + width / 2 - k;
            if (t >= 0 && t < length) {
                sum += d_windows[((signal * length + t) * width + k) * channels + channel];
            }
        }
        d_x[at] += sum;
    }
}
