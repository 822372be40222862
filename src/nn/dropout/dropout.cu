// What the masks of several runs multiply elements by: 1 / (1 - p) where an element stays, else 0. The bits are those of
// nn::random: number `element / 4` of the run's stream, sixteen for each of four elements.
//
//   keys, factors    [runs], [runs, elements]
//
// The grid is (n, runs) blocks; their threads go through the run's elements together.
//
// It is written so that a C compiler takes it, too: nn/emulation runs it thread for thread on a CPU.

#ifdef __CUDACC__
#define KERNEL extern "C" __global__ void
#endif

static __device__ unsigned long long random_bits(unsigned long long key, unsigned long long index) {
    unsigned long long z = key + (index + 1) * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

KERNEL dropout_factors(const unsigned long long *keys, long long elements, unsigned int threshold, float scale,
                       float *factors) {
    const int run = blockIdx.y;
    const unsigned long long key = keys[run];
    for (long long at = blockIdx.x * (long long)blockDim.x + threadIdx.x; at < elements;
         at += (long long)gridDim.x * blockDim.x) {
        const unsigned int bits = (random_bits(key, at / 4) >> (16 * (at % 4))) & 0xFFFF;
        factors[run * elements + at] = bits >= threshold ? scale : 0.0f;
    }
}
