package mse

import (
	"math/big"
	"time"

	"sluice/engine/media"
)

// The parts of an AudioSpecificConfig (ISO 14496-3 1.6.2.1) behind 5 bits of type: an index of the rate, the rate itself in 24 bits
// if that is otherRate, and the channels.
const otherRate = 15

// rates are those that have an index (ISO 14496-3 table 1.18).
func rates() []uint32 {
	return []uint32{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
}

// silence is a frame of AAC in which nothing is heard, nil for a configuration that does not say its channels; and how long every
// frame is.
func silence(config []byte) (*media.Unit, time.Duration) {
	if len(config) < 5 {
		config = append(config[:len(config):len(config)], make([]byte, 5)...)
	}
	bits := uint64(0)
	for _, b := range config[:5] {
		bits = bits<<8 | uint64(b)
	}
	index, channels := int(bits>>31&0xf), int(bits>>27&0xf)
	rate := uint32(Rate)
	switch {
	case index == otherRate:
		rate, channels = max(uint32(bits>>7&0xffffff), 1000), int(bits>>3&0xf)
	case index < len(rates()):
		rate = rates()[index]
	}
	const samples = 1024
	length := samples * time.Second / time.Duration(rate)
	if frame := quiet(channels); frame != nil {
		return &media.Unit{AU: [][]byte{frame}}, length
	}
	return nil, length
}

// quiet is a raw_data_block (ISO 14496-3 4.4.2.1) of as many channels as that configuration has (table 1.19), without a single
// band of frequencies; nil for others.
func quiet(channels int) []byte {
	elements := []string{1: "C", 2: "P", 3: "CP", 4: "CPC", 5: "CPP", 6: "CPPL", 7: "CPPPL"}
	if channels < 1 || channels >= len(elements) {
		return nil
	}
	block, size := new(big.Int), uint(0)
	put := func(value int64, bits uint) {
		block.Or(block.Lsh(block, bits), big.NewInt(value))
		size += bits
	}
	// Of a channel: its gain; ics_info with a long window and max_sfb 0, unless a pair has it in common; and three flags.
	const gain, info, flags = 8, 11, 3
	tags := map[rune]int64{}
	for _, e := range elements[channels] {
		put(map[rune]int64{'C': 0, 'P': 1, 'L': 3}[e], 3)
		put(tags[e], 4)
		tags[e]++
		if e != 'P' {
			put(0, gain+info+flags)
			continue
		}
		const common, mask = 1, 2
		put(1, common)
		put(0, info+mask+2*(gain+flags))
	}
	put(7, 3) // the end
	if rest := size % 8; rest != 0 {
		put(0, 8-rest)
	}
	return block.FillBytes(make([]byte, size/8))
}
