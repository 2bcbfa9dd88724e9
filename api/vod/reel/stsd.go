package reel

import "sluice/engine/media"

// describe reads the first sample entry of a stsd (ISO 14496-12 8.5.2); false if its codec is not one that is played here.
func describe(stsd []byte) (*form, bool) {
	const head = 8
	if len(stsd) < head {
		return nil, false
	}
	list := boxes(stsd[head:])
	if len(list) == 0 {
		return nil, false
	}
	entry := list[0]
	codec := codecOf(entry.kind)
	f := fields{b: entry.body}
	f.take(head)
	if codec.Kind() == media.Video {
		f.take(16)
		width, height := f.u16(), f.u16()
		f.take(50)
		return picture(codec, f, width, height)
	}
	version := f.u16()
	f.take(6)
	channels := f.u16()
	f.take(4 + 2)
	rate := f.u16()
	f.u16()
	switch version { // of QuickTime
	case 1:
		f.take(16)
	case 2:
		f.take(36)
	}
	return sound(codec, f, channels, rate)
}

// picture is the form of pictures.
func picture(codec media.Codec, f fields, width, height int) (*form, bool) {
	p, ok := newForm(codec)
	if !ok || f.short {
		return nil, false
	}
	p.size.width, p.size.height = width, height
	kind := map[media.Codec]string{media.H264: "avcC", media.H265: "hvcC", media.AV1: "av1C"}[codec]
	config := inside(f.b, kind)
	if kind != "" && config != nil && p.configure(config) != nil {
		return nil, false
	}
	return p, true
}

// sound is the form of sound.
func sound(codec media.Codec, f fields, channels, rate int) (*form, bool) {
	if f.short {
		return nil, false
	}
	var config []byte
	if codec == media.AAC {
		esds := inside(f.b, "esds")
		if esds == nil {
			esds = inside(f.b, "wave", "esds") // of QuickTime
		}
		codec, config = elementary(esds)
	}
	p, ok := newForm(codec)
	if !ok {
		return nil, false
	}
	if p.chans, p.rate = channels, rate; codec == media.Opus {
		p.rate = 48000
	}
	if codec == media.AAC && p.configure(config) != nil {
		return nil, false
	}
	return p, true
}

// elementary reads an esds (ISO 14496-1 7.2.6): what the codec is, and its configuration.
func elementary(esds []byte) (media.Codec, []byte) {
	const es, decoder, info = 3, 4, 5
	f := fields{b: esds}
	f.whole()
	if tag := f.descriptor(); tag != es {
		return "", nil
	}
	f.u16()
	flags := f.u8()
	if flags&0x80 != 0 {
		f.u16()
	}
	if flags&0x40 != 0 {
		f.take(int(f.u8()))
	}
	if flags&0x20 != 0 {
		f.u16()
	}
	if f.descriptor() != decoder {
		return "", nil
	}
	kind := f.u8()
	f.take(12)
	switch kind {
	case 0x69, 0x6b: // MPEG-2 and MPEG-1 audio
		return media.MP3, nil
	case 0x40, 0x66, 0x67, 0x68:
	default:
		return "", nil
	}
	if f.descriptor() != info || f.short {
		return "", nil
	}
	return media.AAC, f.b
}

// descriptor goes into the next descriptor, and cuts off what is behind it.
func (f *fields) descriptor() byte {
	tag, n := f.u8(), 0
	for range 4 {
		b := f.u8()
		n = n<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			break
		}
	}
	if n < len(f.b) {
		f.b = f.b[:n]
	}
	return tag
}
