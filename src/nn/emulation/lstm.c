/* The LSTM's kernels, forward and backward.

   in:  steps, rows, batch, runs; lengths; starts; x; weights; d_outputs    out: outputs; d_x; d_weights    (shapes: lstm.cu) */

#include "device.h"

#include "../lstm/recur/lstm.cu"

static int *sizes, *lengths, *starts;
static float *x, *weights, *d_outputs, *gates, *cells, *outputs, *d_x, *d_sequences, *d_weights;

static void forward(void) {
    lstm_forward(x, weights, lengths, starts, sizes[0], sizes[1], sizes[2], gates, cells, outputs);
}

static void backward(void) {
    lstm_backward(weights, lengths, starts, sizes[0], sizes[1], sizes[2], gates, cells, outputs, d_outputs, d_x, d_sequences);
}

static void sum(void) {
    lstm_weights(d_sequences, sizes[2], d_weights);
}

int main(void) {
    sizes = array(4, sizeof *sizes, stdin);
    const int steps = sizes[0], batch = sizes[2], runs = sizes[3];
    const long rows = (long)runs * sizes[1], of_weights = (long)GATES * UNITS;
    lengths = array((long)runs * batch, sizeof *lengths, stdin);
    starts = array((long)runs * steps, sizeof *starts, stdin);
    x = array(rows * GATES, sizeof *x, stdin);
    weights = array(runs * of_weights, sizeof *x, stdin);
    d_outputs = array(rows * UNITS, sizeof *x, stdin);
    gates = array(rows * GATES, sizeof *x, NULL);
    cells = array(rows * UNITS, sizeof *x, NULL);
    outputs = array(rows * UNITS, sizeof *x, NULL);
    d_x = array(rows * GATES, sizeof *x, NULL);
    d_sequences = array(runs * batch * of_weights, sizeof *x, NULL);
    d_weights = array(runs * of_weights, sizeof *x, NULL);

    launch(batch, runs, GATES, forward);
    launch(batch, runs, GATES, backward);
    launch(UNITS, runs, GATES, sum);

    fwrite(outputs, sizeof *x, rows * UNITS, stdout);
    fwrite(d_x, sizeof *x, rows * GATES, stdout);
    fwrite(d_weights, sizeof *x, runs * of_weights, stdout);
    return 0;
}
