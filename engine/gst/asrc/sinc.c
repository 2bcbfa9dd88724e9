//go:build cgo && !nogst

#include "sinc.h"

#include <math.h>

/* Sounds between two samples, by a windowed sinc. It is tabled at PHASES places between two samples, with a line from each to the
 * next: what that is off by lies 80 dB below the sound. Ratios of speed are so near 1 that nothing needs to be cut off. */
enum { PHASES = 128 };

static const double pi = 3.14159265358979323846;
static const double beta = 8; /* of Kaiser's window: what passes beside the band lies 80 dB below */
static float table[PHASES + 1][TAPS];

/* bessel is I0, by its series. */
static double bessel(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; k++) {
    term *= x / 2 / k;
    sum += term * term;
  }
  return sum;
}

void sl_sinc_begin(void) {
  for (int p = 0; p <= PHASES; p++) {
    double row[TAPS], sum = 0;
    for (int i = 0; i < TAPS; i++) {
      double at = i - BEFORE - (double)p / PHASES, side = at / (TAPS / 2);
      double window = side * side < 1 ? bessel(beta * sqrt(1 - side * side)) / bessel(beta) : 0;
      row[i] = window * (fabs(at) < 1e-9 ? 1 : sin(pi * at) / (pi * at));
      sum += row[i];
    }
    for (int i = 0; i < TAPS; i++) table[p][i] = (float)(row[i] / sum);
  }
}

void sl_sinc(const float *x, int channels, double fraction, short *out) {
  int phase = (int)(fraction * PHASES);
  float to_next = (float)(fraction * PHASES - phase), taps[TAPS];
  const float *a = table[phase], *b = table[phase + 1];
  for (int i = 0; i < TAPS; i++) taps[i] = a[i] + (b[i] - a[i]) * to_next;
  for (int c = 0; c < channels; c++) {
    float sum = 0;
    for (int i = 0; i < TAPS; i++) sum += taps[i] * x[i * channels + c];
    out[c] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : (short)lrintf(sum);
  }
}
