/* A CUDA device on a CPU: what a kernel's text needs to be a C program. A block's threads are threads; blocks run one
   after the other, so what they share can be static. */

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define KERNEL static void
#define __device__
#define __shared__ static

typedef struct {
    int x, y;
} dim;

static dim gridDim, blockDim, blockIdx;
static _Thread_local dim threadIdx;
static pthread_barrier_t barrier;

static inline void __syncthreads(void) {
    pthread_barrier_wait(&barrier);
}

static void (*body)(void);

static void *thread(void *place) {
    threadIdx.x = (int)(long)place;
    body();
    return NULL;
}

/* Runs `kernel`, which calls a kernel with its arguments, on a grid of x * y blocks. */
static void launch(int x, int y, int threads, void (*kernel)(void)) {
    pthread_t *all = malloc(threads * sizeof *all);
    gridDim.x = x;
    gridDim.y = y;
    blockDim.x = threads;
    body = kernel;
    pthread_barrier_init(&barrier, NULL, threads);
    for (blockIdx.y = 0; blockIdx.y < y; ++blockIdx.y) {
        for (blockIdx.x = 0; blockIdx.x < x; ++blockIdx.x) {
            for (long place = 0; place < threads; ++place) {
                if (pthread_create(&all[place], NULL, thread, (void *)place)) {
                    fputs("no more threads\n", stderr);
                    exit(1);
                }
            }
            for (int place = 0; place < threads; ++place) {
                pthread_join(all[place], NULL);
            }
        }
    }
    pthread_barrier_destroy(&barrier);
    free(all);
}

/* An array from standard input; of zeros if `from` is NULL. */
static void *array(long count, size_t size, FILE *from) {
    void *values = calloc(count, size);
    if (from && fread(values, size, count, from) != (size_t)count) {
        fputs("standard input ends too early\n", stderr);
        exit(1);
    }
    return values;
}
