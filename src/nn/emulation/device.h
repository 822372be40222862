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

/* A barrier; pthread_barrier_t is not everywhere. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t everybody = PTHREAD_COND_INITIALIZER;
static int waiting, rounds;

static inline void __syncthreads(void) {
    pthread_mutex_lock(&mutex);
    const int round = rounds;
    if (++waiting == blockDim.x) {
        waiting = 0;
        ++rounds;
        pthread_cond_broadcast(&everybody);
    }
    while (round == rounds) {
        pthread_cond_wait(&everybody, &mutex);
    }
    pthread_mutex_unlock(&mutex);
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
