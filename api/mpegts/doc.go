// Package mpegts writes and reads MPEG transport streams (ISO/IEC 13818-1): one program of the media units that streams are
// made of, as HLS segments and SRT carry it. It opens no socket, keeps no clock, decodes nothing, and knows no scrambling.
package mpegts
