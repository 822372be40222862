/* Windows of signals, and the way back.

   in:  signals, length, channels, width; x; d_windows    out: windows; d_x    (shapes: windows.cu) */

#include "device.h"

#include "../conv1d/windows/windows.cu"

static int *n;
static float *x, *windows, *d_windows, *d_x;

static void forward(void) {
    windows_forward(x, n[0], n[1], n[2], n[3], windows);
}

static void backward(void) {
    windows_backward(d_windows, n[0], n[1], n[2], n[3], d_x);
}

int main(void) {
    n = array(4, sizeof *n, stdin);
    const long of_x = (long)n[0] * n[1] * n[2], of_windows = of_x * n[3];
    x = array(of_x, sizeof *x, stdin);
    d_windows = array(of_windows, sizeof *x, stdin);
    windows = array(of_windows, sizeof *x, NULL);
    d_x = array(of_x, sizeof *x, NULL);
    launch(3, 1, 8, forward);
    launch(3, 1, 8, backward);
    fwrite(windows, sizeof *x, of_windows, stdout);
    fwrite(d_x, sizeof *x, of_x, stdout);
    return 0;
}
