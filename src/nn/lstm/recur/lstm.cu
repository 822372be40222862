// The steps of an LSTM layer for several runs, in single precision: one launch for all steps of all sequences of all
// runs, forward, and two backward. UNITS, the H of the layer, is defined where this is compiled.
//
// A block has one sequence and goes through time with it. The recurrent weights of its run, 4H x H, lie in the registers
// of its 4H threads from the first step to the last; state and gates go through shared memory. Nothing but the frames'
// share of the gates is read from memory at a step.
//
// Arrays, row after row (row: the place of a sequence at a step in the batch of its run, starts[step] + rank):
//
//   x, gates, d_x                    [runs, rows, 4H]              gates: i, f, g, o after their nonlinearities
//   cells, outputs, d_outputs        [runs, rows, H]
//   weights, d_weights               [runs, 4H, H]
//   d_weights_of_sequences           [runs, batch, 4H, H]
//   lengths                          [runs, batch]                 in steps, the longest first
//   starts                           [runs, steps]                 first rows of the steps
//
// Rows behind the last frame of a run are neither read nor written. Grids are (batch, runs) blocks of 4H threads.
//
// It is written so that a C compiler takes it, too: nn/emulation runs it thread for thread on a CPU.

#ifdef __CUDACC__
#define KERNEL extern "C" __global__ void __launch_bounds__(4 * UNITS)
#endif

#define GATES (4 * UNITS)

static __device__ float sigmoid(float x) {
    return 1.0f / (1.0f + expf(-x));
}

// h_t and c_t of every row, and the gates, which the way back needs.
//
//   z_t = x_t + W h_{t-1}    i, f, o = sigmoid(z)    g = tanh(z)    c_t = f c_{t-1} + i g    h_t = o tanh(c_t)
KERNEL lstm_forward(const float *x, const float *weights, const int *lengths, const int *starts, int steps, int rows,
                    int batch, float *gates, float *cells, float *outputs) {
    __shared__ float state[UNITS];
    __shared__ float gate[GATES];
    const int rank = blockIdx.x, run = blockIdx.y, place = threadIdx.x;
    const int length = lengths[run * batch + rank];

    // Row `place` of W.
    float row_of_weights[UNITS];
    #pragma unroll
    for (int unit = 0; unit < UNITS; ++unit) {
        row_of_weights[unit] = weights[((long long)run * GATES + place) * UNITS + unit];
    }
    float cell = 0.0f;
    if (place < UNITS) {
        state[place] = 0.0f;
    }
    __syncthreads();
    for (int step = 0; step < length; ++step) {
        const long long row = (long long)run * rows + starts[run * steps + step] + rank;
        // Four sums, so that no addition waits for the one before.
        float z[4] = {x[row * GATES + place], 0.0f, 0.0f, 0.0f};
        #pragma unroll
        for (int unit = 0; unit < UNITS; ++unit) {
            z[unit % 4] += row_of_weights[unit] * state[unit];
        }
        const float sum = (z[0] + z[1]) + (z[2] + z[3]);
        const float value = place / UNITS == 2 ? tanhf(sum) : sigmoid(sum);
        gate[place] = value;
        gates[row * GATES + place] = value;
        __syncthreads();
        if (place < UNITS) {
            cell = gate[UNITS + place] * cell + gate[place] * gate[2 * UNITS + place];
            const float output = gate[3 * UNITS + place] * tanhf(cell);
            state[place] = output;
            cells[row * UNITS + place] = cell;
            outputs[row * UNITS + place] = output;
        }
        __syncthreads();
    }
}

// From the gradient of every h_t: adds that of every x_t, and gives that of W, of each sequence for itself, so that the
// sum over sequences has always the same order.
//
//   dh = dL/dh_t + W' dz_{t+1}     dc = dh o (1 - tanh^2 c_t) + f_{t+1} dc_{t+1}
//   dz_i = dc g i (1 - i)    dz_f = dc c_{t-1} f (1 - f)    dz_g = dc i (1 - g^2)    dz_o = dh tanh(c_t) o (1 - o)
//   dL/dx_t = dz             dL/dW = sum over t of dz h_{t-1}'
KERNEL lstm_backward(const float *weights, const int *lengths, const int *starts, int steps, int rows, int batch,
                     const float *gates, const float *cells, const float *outputs, const float *d_outputs, float *d_x,
                     float *d_weights_of_sequences) {
    __shared__ float d_gates[GATES];
    __shared__ float before[UNITS];
    __shared__ float parts[GATES];
    const int rank = blockIdx.x, run = blockIdx.y, place = threadIdx.x;
    const int length = lengths[run * batch + rank];

    // A column of W and of its gradient, within the rows of one gate: W[first + n][unit].
    const int unit = place % UNITS, first = place - unit;
    float column[UNITS], d_column[UNITS];
    #pragma unroll
    for (int n = 0; n < UNITS; ++n) {
        column[n] = weights[((long long)run * GATES + first + n) * UNITS + unit];
        d_column[n] = 0.0f;
    }
    float d_output = 0.0f, d_cell = 0.0f;
    for (int step = length - 1; step >= 0; --step) {
        const long long first_row = (long long)run * rows + rank;
        const long long row = first_row + starts[run * steps + step];
        const long long row_before = step > 0 ? first_row + starts[run * steps + step - 1] : 0;
        if (place < UNITS) {
            const float *gate = gates + row * GATES + place;
            const float i = gate[0], f = gate[UNITS], g = gate[2 * UNITS], o = gate[3 * UNITS];
            const float squashed = tanhf(cells[row * UNITS + place]);
            const float cell_before = step > 0 ? cells[row_before * UNITS + place] : 0.0f;
            d_output += d_outputs[row * UNITS + place];
            d_cell += d_output * o * (1.0f - squashed * squashed);
            d_gates[place] = d_cell * g * i * (1.0f - i);
            d_gates[UNITS + place] = d_cell * cell_before * f * (1.0f - f);
            d_gates[2 * UNITS + place] = d_cell * i * (1.0f - g * g);
            d_gates[3 * UNITS + place] = d_output * squashed * o * (1.0f - o);
            d_cell *= f;
            before[place] = step > 0 ? outputs[row_before * UNITS + place] : 0.0f;
        }
        __syncthreads();
        d_x[row * GATES + place] += d_gates[place];
        float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        #pragma unroll
        for (int n = 0; n < UNITS; ++n) {
            const float d_gate = d_gates[first + n];
            sums[n % 4] += column[n] * d_gate;
            d_column[n] += d_gate * before[unit];
        }
        parts[place] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        __syncthreads();
        if (place < UNITS) {
            d_output = (parts[place] + parts[UNITS + place]) + (parts[2 * UNITS + place] + parts[3 * UNITS + place]);
        }
    }
    float *of_sequence = d_weights_of_sequences + ((long long)run * batch + rank) * GATES * UNITS;
    #pragma unroll
    for (int n = 0; n < UNITS; ++n) {
        of_sequence[(first + n) * UNITS + unit] = d_column[n];
    }
}

// Adds to the gradient of W those of all sequences. The grid is (H, runs) blocks of 4H threads.
KERNEL lstm_weights(const float *d_weights_of_sequences, int batch, float *d_weights) {
    const int run = blockIdx.y, element = blockIdx.x * GATES + threadIdx.x;
    float sum = 0.0f;
    for (int rank = 0; rank < batch; ++rank) {
        sum += d_weights_of_sequences[((long long)run * batch + rank) * GATES * UNITS + element];
    }
    d_weights[(long long)run * GATES * UNITS + element] += sum;
}
