package flow

import "sluice/engine/media"

// Audio lists what goes into a transport stream, AAC first because every player has it.
func Audio() []media.Codec {
	return []media.Codec{media.AAC, media.MP3, media.MP2, media.AC3, media.Opus}
}

// Video is the same of pictures.
func Video() []media.Codec { return []media.Codec{media.H264, media.H265, media.MPEG1} }

// Want is what a reader of a transport stream takes. It is told once which codecs come, and few players follow a change.
func Want() media.Want { return media.Want{Audio: Audio(), Video: Video(), Settled: true} }
