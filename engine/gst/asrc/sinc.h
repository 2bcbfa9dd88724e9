#ifndef SLUICE_SINC_H
#define SLUICE_SINC_H

/* TAPS is how many samples make one between two of them: half of them lie before, half behind it. */
enum { TAPS = 32, BEFORE = TAPS / 2 - 1 };

/* sl_sinc makes one frame at a place between two: x is the frame TAPS / 2 - 1 before the one at or before the place, and
 * fraction how far behind that one the place is, 0 to 1. Samples of channels are in turns. */
void sl_sinc(const float *x, int channels, double fraction, short *out);

/* sl_sinc_begin makes the tables. It must be called once before sl_sinc. */
void sl_sinc_begin(void);

#endif
