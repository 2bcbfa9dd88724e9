/* What chain.c, push.c and take.c share. */
#ifndef SLUICE_CHAIN_TAKE_H
#define SLUICE_CHAIN_TAKE_H

#include "chain.h"

GstBusSyncReply sl_chain_hear(GstBus *bus, GstMessage *m, gpointer chain);
void sl_chain_take_from(GstPad *pad, sl_chain *c);
void sl_chain_forget(sl_chain *c);

#endif
