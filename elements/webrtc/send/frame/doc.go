// Package frame makes of packets what can be sent with one call: it waits until the frame of a video is complete, and says by
// how much packets must be padded to be equal. It looks at RTP headers only, and neither numbers, pads nor sends anything.
package frame
