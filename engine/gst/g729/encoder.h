#ifndef SLUICE_G729_ENCODER_H
#define SLUICE_G729_ENCODER_H

/* sl_g729_register starts GStreamer if need be, looks for libbcg729 under the names in library (NULL ends them), and
 * registers an element of the given name that encodes with it. NULL on success and if it was done before; otherwise a
 * text to free, and *missing says whether it is the library that is not there. Safe from any thread. */
char *sl_g729_register(const char *element, const char *const *library, int *missing);

#endif
