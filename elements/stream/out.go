package stream

import (
	"context"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Out publishes a stream in the hub. It is an element.Factory whose elements are node.Outfalls: who runs the graph does the
// publishing.
type Out struct{}

// Spec describes stream.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "stream.out",
		About:  "Publishes a stream, which anybody may then play, convert, mix or record.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Stream",
		Ports: ports.Takes(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			name("Name of the stream to publish."),
			element.Choice("track", "main", "alternative").Or("main").
				Says("Whether this is the stream itself, or other codings of a stream that is published already."),
			element.Choice("publish", string(hub.Refuse), string(hub.Replace), string(hub.Queue), string(hub.Yield)).Or(string(hub.Refuse)).
				Says("What happens when the name is taken: this one fails, ends the other, or waits for the other's end. With yield it fails, " +
					"and whoever publishes the name later takes it over with all who read it."),
		},
		Demand:   true,
		Examples: []string{"stream.out name=lobby", "stream.out name=lobby track=alternative", "stream.out name=lobby publish=replace"},
	}
}

// New implements element.Factory.
func (Out) New(_ context.Context, _ element.Env, conf element.Conf) (element.Element, error) {
	return outfall{name: conf.Text("name"), policy: hub.Policy(conf.Text("publish")), alternative: conf.Text("track") == "alternative"}, nil
}

type outfall struct {
	passive
	name        string
	policy      hub.Policy
	alternative bool
}

// Publishes implements node.Outfall.
func (o outfall) Publishes() (string, hub.Policy, bool) { return o.name, o.policy, o.alternative }
