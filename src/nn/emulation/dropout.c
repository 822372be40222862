/* The factors of dropout.

   in:  runs, rows, columns, threshold; scale; keys; alone    out: factors    (shapes: dropout.cu) */

#include "device.h"

#include "../runs/dropout/dropout.cu"

static int *sizes, *alone;
static float *scale, *factors;
static unsigned long long *keys;

static void fill(void) {
    dropout_factors(keys, alone, sizes[1], sizes[2], sizes[3], *scale, factors);
}

int main(void) {
    sizes = array(4, sizeof *sizes, stdin);
    const int runs = sizes[0], rows = sizes[1];
    const long elements = (long)runs * rows * sizes[2];
    scale = array(1, sizeof *scale, stdin);
    keys = array(runs, sizeof *keys, stdin);
    alone = array((long)runs * rows, sizeof *alone, stdin);
    factors = array(elements, sizeof *factors, NULL);
    launch(3, runs, 8, fill);
    fwrite(factors, sizeof *factors, elements, stdout);
    return 0;
}
