// Package fanout brings what one writer writes to many readers. A Log keeps the newest items of a few lanes, from the
// last key frame on; readers are cursors in it, pushed forward by a few writer Loops. So a reader costs a cursor and not
// a queue, the key-frame cache is simply where a new cursor begins, and a slow reader moves nobody but itself.
//
// The package knows nothing of names, codecs, tracks or matching, and asks nobody for anything but key frames: those are
// the hub's business.
package fanout
