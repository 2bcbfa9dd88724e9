package packager

import "github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

// What sound lacks, since its sender paused or a frame was lost, becomes silence where the codec has frames of it that are known
// without an encoder. Then players never come to a hole in which they would wait, and parts go on while the pictures pause, too:
// a picture lasts as long as it lasts, and without sound there would be nothing to put into the parts behind it, so that the one
// it is in would last longer than PART-TARGET (draft-pantos-hls-rfc8216bis 4.4.4.9). Silence is better than EXT-X-GAP (6.2.1),
// with which players of whole segments lose more than what was not there.

// aacElements are the syntactic elements of each channel configuration (ISO/IEC 14496-3 table 1.19).
func aacElements(channels int) []uint32 {
	const single, pair, low = 0, 1, 3 // ID_SCE, ID_CPE, ID_LFE: table 4.85
	switch channels {
	case 1:
		return []uint32{single}
	case 2:
		return []uint32{pair}
	case 3:
		return []uint32{single, pair}
	case 4:
		return []uint32{single, pair, single}
	case 5:
		return []uint32{single, pair, pair}
	case 6:
		return []uint32{single, pair, pair, low}
	case 7:
		return []uint32{single, pair, pair, pair, low}
	}
	return nil
}

// aacSilence is a raw_data_block (ISO/IEC 14496-3 4.4.2.1) without any spectral coefficient, of AAC LC, which HE-AAC has inside: there is
// no other AAC here, as mediacommon (2.9.3) reads the configuration of none.
func aacSilence(c mpeg4audio.AudioSpecificConfig) []byte {
	const end, lfe, pair = 7, 3, 1 // ID_END
	var w bits
	var tags [lfe + 1]uint32 // element_instance_tag: elements of one kind are told apart by it
	for _, kind := range aacElements(int(c.ChannelConfig)) {
		w.put(kind, 3)
		w.put(tags[kind], 4)
		tags[kind]++
		if kind == pair {
			w.put(0, 1) // common_window
			w.channel()
		}
		w.channel()
	}
	w.put(end, 3)
	return w.b
}

// bits are written one behind the other; what is left of the last byte is 0.
type bits struct {
	b    []byte
	free int // bits in the last byte
}

func (w *bits) put(v uint32, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.b, w.free = append(w.b, 0), 8
		}
		w.free--
		w.b[len(w.b)-1] |= byte(v>>n&1) << w.free
	}
}

// channel is an individual_channel_stream (4.4.2.1) with max_sfb 0, so that no section, scale factor or coefficient follows.
func (w *bits) channel() {
	w.put(0, 8) // global_gain
	w.put(0, 1) // ics_reserved_bit
	w.put(0, 2) // window_sequence: ONLY_LONG_SEQUENCE
	w.put(0, 1) // window_shape
	w.put(0, 6) // max_sfb
	w.put(0, 1) // predictor_data_present
	w.put(0, 1) // pulse_data_present
	w.put(0, 1) // tns_data_present
	w.put(0, 1) // gain_control_data_present
}

// opusSilence is 20 ms of CELT, full band, one channel, which says that it is silent (RFC 6716 4.3). Decoders of two channels take it.
func opusSilence() (frame []byte, samples uint32) {
	return []byte{0xf8, 0xff, 0xfe}, opusRate / 50
}
