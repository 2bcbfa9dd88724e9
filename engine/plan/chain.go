package plan

import (
	"slices"

	"sluice/engine/media"
)

// threadFree is a factory whose elements do all their work inside the call that hands them a buffer. Why says what that
// was concluded from.
type threadFree struct{ factory, why string }

// threadFrees is the table, for GStreamer 1.22. What is not in it may start a thread, wait for a clock, or want pads by
// request. Video coders are left out although some could be here: they do start threads, and a picture takes so long that
// whoever hands it over should not wait for it.
func threadFrees() []threadFree {
	const (
		decoder  = "GstAudioDecoder: decodes within the call"
		encoder  = "GstAudioEncoder: encodes within the call"
		libav    = "no audio coder of libavcodec 5.1 that is listed here has threads"
		parser   = "GstBaseParse: pushed to, it parses within the call; only pulling takes a thread"
		filter   = "GstBaseTransform: no state but its own"
		borrowed = "ours: libbcg729 has no threads"
	)
	return []threadFree{
		{"aacparse", parser},
		{"alawdec", decoder},
		{"alawenc", encoder},
		{"audioconvert", filter},
		{"audioresample", filter},
		{"avdec_aac", libav},
		{"avdec_g722", libav},
		{"avdec_g726", libav},
		{"avdec_g729", libav},
		{"avenc_aac", libav},
		{"avenc_g722", libav},
		{"avenc_g726", libav},
		{"capsfilter", filter},
		{"lamemp3enc", encoder},
		{"mpegaudioparse", parser},
		{"mpg123audiodec", decoder},
		{"mulawdec", decoder},
		{"mulawenc", encoder},
		{"opusdec", decoder},
		{"opusenc", encoder},
		{"opusparse", parser},
		{"sluiceg729enc", borrowed},
		{"speexdec", decoder},
		{"speexenc", encoder},
		{"voaacenc", encoder},
		{"volume", filter},
	}
}

// ThreadFree lists the factories of elements that may be in a pipeline marked Chain, sorted.
func ThreadFree() []string {
	list := threadFrees()
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.factory
	}
	return names
}

// markChains marks the pipelines that can run without threads (D10).
func (p *Plan) markChains() {
	for i := range p.Pipelines {
		l := &p.Pipelines[i]
		l.Chain = l.straight() && l.calm() && p.soundInSoundOut(l)
	}
}

// soundInSoundOut tells whether one track of coded sound enters at the pipeline's beginning, one leaves at its end, and
// nothing else crosses.
func (p *Plan) soundInSoundOut(l *Pipeline) bool {
	in, out := 0, 0
	for _, b := range p.Bridges {
		if b.Pipeline != l.Name {
			continue
		}
		if b.Format.Kind != media.Audio || b.Format.Codec == "" {
			return false
		}
		switch {
		case b.Direction == IntoGst && b.Name == l.Elements[0].Name:
			in++
		case b.Direction == OutOfGst && b.Name == l.Elements[len(l.Elements)-1].Name:
			out++
		default:
			return false
		}
	}
	return in == 1 && out == 1
}

// straight tells whether each element is linked to the next and to nothing else, from the start, and by its only pads.
func (l *Pipeline) straight() bool {
	if len(l.Elements) < 3 || len(l.Links) != len(l.Elements)-1 || len(l.Branches) > 0 {
		return false
	}
	for i, k := range l.Links {
		next := k.From.Of == l.Elements[i].Name && k.To.Of == l.Elements[i+1].Name
		if !next || k.From.Name != "" || k.To.Name != "" || k.Delayed || k.Optional || k.EachOther || len(k.PadProps) > 0 {
			return false
		}
	}
	return true
}

// calm tells whether all elements between the bridges are free of threads, and none is drained.
func (l *Pipeline) calm() bool {
	free := ThreadFree()
	for _, e := range l.Elements[1 : len(l.Elements)-1] {
		if _, ok := slices.BinarySearch(free, e.Factory); !ok || e.Drain || e.Role == RoleBridge {
			return false
		}
	}
	return true
}
