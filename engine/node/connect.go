package node

import (
	"context"

	"sluice/engine/fault"
)

// connect makes the feeds of a gather, and those of what stands in for them.
func (p *Part) connect(ctx context.Context, g *gather, ins []input) (err error) {
	if g.feeds, err = p.feeds(ctx, g, ins); err != nil || g.relief == nil {
		return err
	}
	g.relief.spare, err = p.feeds(ctx, g, p.standIns(g.node))
	return err
}

// feeds joins inputs to a gather. A stream that is passed on need not have all that the link could take: what it has will do.
func (p *Part) feeds(ctx context.Context, g *gather, ins []input) ([]*feed, error) {
	var out []*feed
	var none error
	for _, in := range ins {
		f, err := p.feed(ctx, g, in)
		switch {
		case err == nil:
			out = append(out, f)
		case p.lacks(in, err):
			none = err
		default:
			return nil, err
		}
	}
	if len(out) == 0 && none != nil {
		return nil, none
	}
	return out, nil
}

// lacks tells whether an input could not be read because the stream that it comes from is there and has nothing of its kind.
func (p *Part) lacks(in input, err error) bool {
	tap, ok := p.element(in.from).(Tap)
	if !ok || fault.CodeOf(err) != fault.CodecNotAvailable {
		return false
	}
	stream := tap.Reads().Stream
	return p.opt.Hub.Has(stream) && !p.has(stream, in.kind)
}
