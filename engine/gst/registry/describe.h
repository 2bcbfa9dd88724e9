#ifndef SLUICE_REGISTRY_DESCRIBE_H
#define SLUICE_REGISTRY_DESCRIBE_H

/* All functions may be called from any thread once sl_init has succeeded. What they return is the caller's, to be
 * given to free(); NULL where stated. */

/* Starts GStreamer. Returns NULL if that went well or was done before, otherwise what went wrong. */
char *sl_init(void);

/* The version of the GStreamer library in use, "1.22.0". */
char *sl_version(void);

/* The names of all element factories, each followed by a line end. */
char *sl_names(void);

/* One factory as the JSON text of a catalog.Record. Loads its plugin. NULL if there is no such factory, or if its
 * plugin cannot be loaded. */
char *sl_factory(const char *name);

/* Keeps decodebin and the like from taking an element by itself: it gets no rank. Nothing happens if there is no such factory. */
void sl_shun(const char *name);

/* The licence of the plugin that has a factory, in GStreamer's words. Of libav's it is that of the library, for which the plugin is
 * loaded; no other is. NULL if there is no such factory. */
char *sl_licence(const char *name);

#endif
