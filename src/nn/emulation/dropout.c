/* The factors of dropout.

   in:  runs, elements, threshold; scale; keys    out: factors    (shapes: dropout.cu) */

#include "device.h"

#include "../dropout/dropout.cu"

static int *sizes;
static float *scale, *factors;
static unsigned long long *keys;

static void fill(void) {
    dropout_factors(keys, sizes[1], sizes[2], *scale, factors);
}

int main(void) {
    sizes = array(3, sizeof *sizes, stdin);
    const int runs = sizes[0];
    const long elements = (long)runs * sizes[1];
    scale = array(1, sizeof *scale, stdin);
    keys = array(runs, sizeof *keys, stdin);
    factors = array(elements, sizeof *factors, NULL);
    launch(3, runs, 8, fill);
    fwrite(factors, sizeof *factors, elements, stdout);
    return 0;
}
