package streams

import (
	"maps"

	"sluice/api/auth"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// Available tells the client whether a stream is published, if it may play it.
func (o *Owner) Available(req wire.Stream) {
	answer := wire.Available{ID: string(req.MediaSessionID), Status: "true"}
	if why := o.unavailable(req); why != "" {
		answer.Status, answer.Info = "false", string(why)
	}
	o.client.Send("availableStream", answer)
}

// unavailable says why the client cannot have a stream; "" if it can.
func (o *Owner) unavailable(req wire.Stream) reason.Reason {
	switch err := o.May(auth.Play, string(req.Name), req.Custom); {
	case err != nil:
		return reason.Of(err, reason.Play, string(req.Name))
	case !o.all.opt.Engine.Streams().Has(string(req.Name)):
		return reason.StreamNotFound
	}
	return ""
}

// measured is what a client measures of a stream of its own.
type measured struct {
	names       []string
	compression string
	values      map[string]string
}

// Describe takes the names of the metrics that follow. What cannot be read is fault.InvalidRequest.
func (o *Owner) Describe(d wire.MetricsDescription) error {
	s := o.find(d.MediaSessionID)
	if s == nil || !o.all.opt.Metrics {
		return nil
	}
	names, err := d.Names()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats = measured{names: names, compression: string(d.Compression), values: map[string]string{}}
	return nil
}

// Measure takes metrics. Those that were not described, or cannot be read, are fault.InvalidRequest.
func (o *Owner) Measure(b wire.MetricsBatch) error {
	s := o.find(b.MediaSessionID)
	if s == nil || !o.all.opt.Metrics {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stats.values == nil {
		return fault.New(fault.InvalidRequest, "", "metrics that were not described")
	}
	return b.Latest(s.stats.names, s.stats.compression, s.stats.values)
}

// Metrics is what a client measured last of a stream, by "type.id.metric"; false if there is no such stream.
func (a *Streams) Metrics(mediaSessionID string) (map[string]string, bool) {
	s := a.find(mediaSessionID)
	if s == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.stats.values), true
}
