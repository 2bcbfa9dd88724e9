package codecs_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/codecs"
)

// peer is a codec with the elements that GStreamer 1.22 has for it.
type peer struct {
	name   string
	track  media.Track
	how    codecs.Packing
	caps   string // of RTP, beside media and clock rate
	encode string // a source of one second at most, and an encoder
	pay    string
	depay  string
	decode string // to samples or pictures
	frames int    // pictures, or 0 for audio with a tone
	rate   int    // of samples
	units  int    // that must come of GStreamer's payloads; 0 for as many as it will
	skip   int    // bytes at the beginning of the encoder's output that do not go over RTP
	adds   int    // bytes that the depayloader puts before the stream
	nals   bool   // the stream is of NAL units
	joined bool   // the encoder gives several frames in one piece, in which they are no whole bytes
	cuts   bool   // the beginning is cut off without RTP
	mute   bool   // is not to be decoded
}

const (
	tone  = "audiotestsrc freq=440 volume=0.4 num-buffers=50 samplesperbuffer="
	video = "videotestsrc pattern=ball num-buffers=12 ! video/x-raw,format=I420,width=160,height=120,framerate=25/1 ! "
	i420  = " ! videoconvert ! video/x-raw,format=I420"
	s16   = " ! audioconvert ! audio/x-raw,format=S16LE,channels=1"

	pictureSize = 160 * 120 * 3 / 2
)

func track(c media.Codec, change func(*media.Track)) media.Track {
	t := media.NewTrack(c)
	t.Channels = 1
	if change != nil {
		change(&t)
	}
	return t
}

func clock(rate uint32) func(*media.Track) {
	return func(t *media.Track) { t.ClockRate = rate }
}

func fmtp(key, value string) func(*media.Track) {
	return func(t *media.Track) { t.FMTP = map[string]string{key: value} }
}

func peers() []peer { return slices.Concat(speech(), music(), pictures()) }

func speech() []peer {
	ms20 := codecs.Packing{PTime: 20 * time.Millisecond}
	ms60 := codecs.Packing{PTime: 60 * time.Millisecond}
	return []peer{
		{
			name: "opus", track: track(media.Opus, nil), caps: "encoding-name=OPUS,encoding-params=(string)2",
			encode: tone + "960 ! audio/x-raw,rate=48000,channels=1 ! opusenc", pay: "rtpopuspay", depay: "rtpopusdepay",
			decode: "opusdec" + s16, rate: 48000, cuts: true, // by the pre-skip of its header
		},
		telephone(media.PCMU, " 20 ms", "mulawenc", "pcmu", "mulawdec", ms20),
		telephone(media.PCMU, " 60 ms", "mulawenc", "pcmu", "mulawdec", ms60),
		telephone(media.PCMA, " as it is", "alawenc", "pcma", "alawdec", codecs.Packing{}),
		{
			name: "g722", track: track(media.G722, nil), how: ms20, caps: "encoding-name=G722,encoding-params=(string)1",
			encode: tone + "320 ! audio/x-raw,rate=16000,channels=1 ! avenc_g722", pay: "rtpg722pay", depay: "rtpg722depay",
			decode: "avdec_g722" + s16, rate: 16000,
		},
		{
			name: "g729", track: track(media.G729, nil), how: ms20, caps: "encoding-name=G729",
			encode: "filesrc location=testdata/tone.g729 blocksize=10 do-timestamp=true ! audio/G729,rate=8000,channels=1 ! identity",
			pay:    "rtpg729pay", depay: "rtpg729depay", decode: "avdec_g729" + s16, rate: 8000, units: 100,
		},
		speexOf("speex 8 kHz", 8000, "", codecs.Packing{}),
		speexOf("speex 8 kHz, 3 frames a packet", 8000, "nframes=3", ms60),
		speexOf("speex 16 kHz", 16000, "quality=6", ms20),
	}
}

func music() []peer {
	aac := track(media.AAC, func(t *media.Track) {
		t.ClockRate, t.Extra = 44100, [][]byte{{0x12, 0x08}} // LC, 44.1 kHz, mono
	})
	aacCaps := "encoding-name=MPEG4-GENERIC,streamtype=(string)5,mode=(string)AAC-hbr,config=(string)1208," +
		"sizelength=(string)13,indexlength=(string)3,indexdeltalength=(string)3,encoding-params=(string)1"
	return []peer{
		{
			name: "aac", track: aac, caps: aacCaps,
			encode: tone + "1024 ! audio/x-raw,rate=44100,channels=1 ! voaacenc ! audio/mpeg,mpegversion=4,stream-format=raw", pay: "rtpmp4gpay", depay: "rtpmp4gdepay",
			decode: "avdec_aac" + s16, rate: 44100,
		},
		{
			name: "aac in fragments", track: aac, how: codecs.Packing{Size: 100}, caps: aacCaps,
			encode: tone + "1024 ! audio/x-raw,rate=44100,channels=1 ! voaacenc bitrate=128000 ! audio/mpeg,mpegversion=4,stream-format=raw",
			pay:    "rtpmp4gpay mtu=140", depay: "rtpmp4gdepay", decode: "avdec_aac" + s16, rate: 44100,
		},
		{
			name: "mp3", track: track(media.MP3, nil), caps: "encoding-name=MPA",
			encode: tone + "1152 ! audio/x-raw,rate=44100,channels=1 ! lamemp3enc target=bitrate cbr=true bitrate=64", pay: "rtpmpapay", depay: "rtpmpadepay",
			decode: "mpegaudioparse ! mpg123audiodec" + s16, rate: 44100,
		},
		{
			name: "mp3 of MPEG 2 in fragments", track: track(media.MP3, nil), how: codecs.Packing{Size: 100}, caps: "encoding-name=MPA",
			encode: tone + "576 ! audio/x-raw,rate=22050,channels=1 ! lamemp3enc target=bitrate cbr=true bitrate=64 ! mpegaudioparse", pay: "rtpmpapay mtu=140", depay: "rtpmpadepay",
			decode: "mpegaudioparse ! mpg123audiodec" + s16, rate: 22050,
		},
	}
}

func pictures() []peer {
	small := codecs.Packing{Size: 300}
	h264 := track(media.H264, fmtp("packetization-mode", "1"))
	return []peer{
		of264("h264 with B-frames", h264, small, "x264enc key-int-max=6 bframes=2", "rtph264pay mtu=250"),
		of264("h264 in aggregates", h264, codecs.Packing{}, "x264enc key-int-max=6 tune=zerolatency sliced-threads=false", "rtph264pay aggregate-mode=max-stap"),
		of264("h264 mode 0", track(media.H264, nil), codecs.Packing{}, "x264enc key-int-max=6 option-string=slice-max-size=400", "rtph264pay"),
		of265("h265", codecs.Packing{}, "rtph265pay"),
		of265("h265 in fragments", codecs.Packing{Size: 200}, "rtph265pay mtu=250 aggregate-mode=max"),
		{
			name: "vp8", track: track(media.VP8, nil), how: small, caps: "encoding-name=VP8",
			encode: video + "vp8enc deadline=1 keyframe-max-dist=6 token-partitions=2", pay: "rtpvp8pay mtu=250 picture-id-mode=2", depay: "rtpvp8depay",
			decode: "vp8dec" + i420, frames: 12, units: 12,
		},
		{
			name: "vp9", track: track(media.VP9, nil), how: small, caps: "encoding-name=VP9",
			encode: video + "vp9enc deadline=1 keyframe-max-dist=6", pay: "rtpvp9pay mtu=250 picture-id-mode=2", depay: "rtpvp9depay",
			decode: "vp9dec" + i420, frames: 12, units: 12,
		},
	}
}

func speexOf(name string, rate int, more string, how codecs.Packing) peer {
	return peer{
		name: name, track: track(media.Speex, clock(uint32(rate))), how: how, caps: "encoding-name=SPEEX,encoding-params=(string)1",
		encode: tone + strconv.Itoa(rate/50) + " ! audio/x-raw,rate=" + strconv.Itoa(rate) + ",channels=1 ! speexenc " + more,
		pay:    "rtpspeexpay", depay: "rtpspeexdepay", decode: "speexdec" + s16, rate: rate, skip: 150, adds: 126, // headers, which RTP does not carry
		// rtpspeexdepay 1.22 tells the decoder of one frame a packet, which leaves the others out.
		joined: strings.Contains(more, "nframes"), mute: strings.Contains(more, "nframes"),
	}
}

func telephone(c media.Codec, name, encode, pay, decode string, how codecs.Packing) peer {
	return peer{
		name: string(c) + name, track: track(c, nil), how: how, caps: "encoding-name=" + strings.ToUpper(string(c)),
		encode: tone + "160 ! audio/x-raw,rate=8000,channels=1 ! " + encode, pay: "rtp" + pay + "pay", depay: "rtp" + pay + "depay",
		decode: decode + s16, rate: 8000,
	}
}

func of264(name string, t media.Track, how codecs.Packing, encoder, pay string) peer {
	return peer{
		name: name, track: t, how: how, caps: "encoding-name=H264", encode: video + encoder + " ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au",
		pay: pay, depay: "rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=au", decode: "avdec_h264" + i420, frames: 12, units: 12, nals: true,
	}
}

func of265(name string, how codecs.Packing, pay string) peer {
	return peer{
		name: name, track: track(media.H265, nil), how: how, caps: "encoding-name=H265",
		encode: video + "x265enc speed-preset=ultrafast key-int-max=5 tune=zerolatency option-string=repeat-headers=1 ! h265parse ! video/x-h265,stream-format=byte-stream,alignment=au",
		pay:    pay, depay: "rtph265depay ! video/x-h265,stream-format=byte-stream,alignment=au", decode: "avdec_h265" + i420, frames: 12, units: 12, nals: true,
	}
}
