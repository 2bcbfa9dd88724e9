// Package picture finds what the headers of key frames say of all pictures that follow: how large they are, of which profile,
// and whether they are coded in another order than they are shown in. It decodes nothing and looks at nothing but key frames.
package picture

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/pion/rtp/codecs"
	"github.com/pion/rtp/codecs/vp9"
)

// Unsaid is the Reorder of headers that do not tell.
const Unsaid = -1

// maxSide is the largest side of a picture that is believed, in pixels: VP8 can say no more, and nobody sends more in real time.
const maxSide = 16384

// Shape is what the headers of a key frame say. It is a value.
type Shape struct {
	Width, Height int // in pixels; 0 if the headers do not tell
	// Reorder is the most pictures that are coded before another one and shown after it; 0 if none ever is, Unsaid if the
	// headers do not tell.
	Reorder int
	// Profile is in the words of the codec's SDP parameters: "42e01f" of H.264, "1" of H.265; "" if the headers do not tell.
	Profile string
}

// sized makes a shape of a size that a header gives; false if that cannot be.
func sized(width, height, reorder int, profile string) (Shape, bool) {
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide {
		return Shape{}, false
	}
	return Shape{Width: width, Height: height, Reorder: reorder, Profile: profile}, true
}

// Numbers of H.264's profiles (A.2) and kinds of its picture order count (7.4.2.1.1).
const (
	profileBaseline = 66
	inCodingOrder   = 2 // pic_order_cnt_type of pictures that are shown as they are coded
)

// ofH264 reads a sequence parameter set. Without what the VUI may say (E.2.1), only streams that cannot reorder are known
// not to.
func ofH264(nal []byte) (Shape, bool) {
	var sps h264.SPS
	if sps.Unmarshal(nal) != nil {
		return Shape{}, false
	}
	reorder := Unsaid
	switch {
	case sps.ProfileIdc == profileBaseline || sps.PicOrderCntType == inCodingOrder:
		reorder = 0
	case sps.VUI != nil && sps.VUI.BitstreamRestriction != nil:
		reorder = depth(sps.VUI.BitstreamRestriction.MaxNumReorderFrames)
	}
	// Behind the NAL unit's header stand profile_idc, its constraints and level_idc, which is profile-level-id (RFC 6184 8.1).
	return sized(sps.Width(), sps.Height(), reorder, hex.EncodeToString(nal[1:4]))
}

// ofH265 reads a sequence parameter set, which tells of each temporal layer; the highest has all pictures.
func ofH265(nal []byte) (Shape, bool) {
	var sps h265.SPS
	if sps.Unmarshal(nal) != nil {
		return Shape{}, false
	}
	reorder := Unsaid
	if n := len(sps.MaxNumReorderPics); n > 0 {
		reorder = depth(sps.MaxNumReorderPics[n-1])
	}
	return sized(sps.Width(), sps.Height(), reorder, strconv.Itoa(int(sps.ProfileTierLevel.GeneralProfileIdc)))
}

// depth believes no more than decoders can hold (H.264 A.3.1 and H.265 A.4.2 have at most 16 pictures).
func depth(said uint32) int {
	if said > 16 {
		return Unsaid
	}
	return int(said)
}

// ofVP8 reads the beginning of a key frame: a tag, a start code, and two sizes of 14 bits (RFC 6386 9.1).
func ofVP8(frame []byte) (Shape, bool) {
	const tag, size = 3, 10
	if len(frame) < size || [3]byte(frame[tag:]) != [3]byte{0x9d, 0x01, 0x2a} {
		return Shape{}, false
	}
	const bits = 1<<14 - 1
	return sized(int(binary.LittleEndian.Uint16(frame[6:])&bits), int(binary.LittleEndian.Uint16(frame[8:])&bits), 0, "")
}

// ofVP9 reads the uncompressed header of a key frame.
func ofVP9(frame []byte) (Shape, bool) {
	var h vp9.Header
	if h.Unmarshal(frame) != nil || h.NonKeyFrame || h.ShowExistingFrame {
		return Shape{}, false
	}
	return sized(int(h.Width()), int(h.Height()), 0, strconv.Itoa(int(h.Profile)))
}

// ofVP9Packet prefers what the payload's scalability structure says: its largest layer is what the stream is made for, and
// the frame in the packet is of the smallest.
func ofVP9Packet(payload []byte) (Shape, bool) {
	var p codecs.VP9Packet
	frame, err := p.Unmarshal(payload)
	if err != nil {
		return Shape{}, false
	}
	if n := min(len(p.Width), len(p.Height)); n > 0 {
		return sized(int(p.Width[n-1]), int(p.Height[n-1]), 0, profileVP9(frame))
	}
	return ofVP9(frame)
}

// profileVP9 is the profile of a frame; "" if its header cannot be read.
func profileVP9(frame []byte) string {
	shape, _ := ofVP9(frame)
	return shape.Profile
}

// ofAV1 reads the body of a sequence header, which gives the size of the largest layer.
func ofAV1(body []byte) (Shape, bool) {
	const header = 1 << 3 // of an OBU of that type, without size
	var h av1.SequenceHeader
	if h.Unmarshal(append([]byte{header}, body...)) != nil {
		return Shape{}, false
	}
	return sized(h.Width(), h.Height(), 0, strconv.Itoa(int(h.SeqProfile)))
}

// ofMPEG1 reads a sequence header: a start code, and two sizes of 12 bits (ISO 11172-2 2.4.2.3).
func ofMPEG1(frame []byte) (Shape, bool) {
	const size = 7
	if len(frame) < size || [4]byte(frame) != [4]byte{0, 0, 1, 0xb3} {
		return Shape{}, false
	}
	both := int(frame[4])<<16 | int(frame[5])<<8 | int(frame[6])
	return sized(both>>12, both&0xfff, Unsaid, "")
}
