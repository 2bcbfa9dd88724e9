#ifndef SLUICE_ASRC_H
#define SLUICE_ASRC_H

/* sl_asrc_register starts GStreamer if need be and registers the element sluiceasrc, unless it is there. 0 if GStreamer
 * does not take it. Safe from any thread. */
int sl_asrc_register(void);

#endif
