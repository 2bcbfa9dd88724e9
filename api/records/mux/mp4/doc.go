// Package mp4 writes recordings as MP4 (ISO/IEC 14496-12) that can be played at every moment: while it is written the file is fragmented,
// so that after a crash all but the last fragment is there; when it ends, one index of all samples (moov) is added behind them, and the
// fragments become plain media data by the change of one header in front, in place. Nothing is copied, and no room beyond the index is
// needed. What a crash left is completed in the same way. It reads no MP4 but its own, and decodes nothing.
package mp4
