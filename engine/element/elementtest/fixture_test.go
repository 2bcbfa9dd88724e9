package elementtest_test

import (
	"context"
	"errors"
	"sync"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// good is a description with nothing wrong.
func good() element.Spec {
	return element.Spec{
		Name: "fake.in", About: "Gives nothing.", Domain: element.Go, Klass: "Source/Test",
		Ports:    []element.Port{element.Out("audio", media.Audio, media.Opus).Says("Silence.")},
		Fields:   []element.Field{element.Number("count", 1, 9).Or(int64(3)).Says("How many.")},
		Actions:  []element.Action{{Name: "poke", About: "Does nothing."}},
		Examples: []string{"fake.in", "fake.in count=5", "fake.in count=$count"},
	}
}

// spoilt is good, changed.
func spoilt(change func(*element.Spec)) element.Spec {
	s := good()
	change(&s)
	return s
}

func field(change func(*element.Field)) element.Spec {
	return spoilt(func(s *element.Spec) { change(&s.Fields[0]) })
}

func port(change func(*element.Port)) element.Spec {
	return spoilt(func(s *element.Spec) { change(&s.Ports[0]) })
}

// maker is a factory whose elements run one goroutine, and misbehave as told.
type maker struct {
	forgets bool // Stop does not end the goroutine
	fussy   bool // Stop without Start is an error
	fails   bool // New is an error
}

func (maker) Spec() element.Spec { return good() }

func (m maker) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	if m.fails || conf.Int("count") != 3 {
		return nil, errors.New("no")
	}
	env.Log.Debug("made")
	return &made{maker: m}, nil
}

type made struct {
	maker
	mu   sync.Mutex
	quit chan struct{}
	wg   sync.WaitGroup
}

func (e *made) Start(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	quit := make(chan struct{})
	e.quit = quit
	e.wg.Go(func() { <-quit })
	return nil
}

func (e *made) Stop(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.quit == nil && e.fussy:
		return errors.New("not started")
	case e.quit == nil || e.forgets:
		return nil
	}
	close(e.quit)
	e.quit = nil
	e.wg.Wait()
	return nil
}

// built is a builder that makes whatever piece it is told.
type built struct {
	build func(p *element.Piece, conf element.Conf) error
}

func (built) Spec() element.Spec {
	s := good()
	s.Name, s.Domain = "fake.mix", element.Gst
	s.Ports = []element.Port{
		element.In("in", media.Audio, media.Opus).Says("Sound."), element.Out("out", media.Audio).Raw().Says("Sound."),
	}
	s.Fields = append(s.Fields, element.Setting("name", value.String).Must().Says("A name."))
	s.Examples = []string{"fake.mix name=a"}
	return s
}

func (b built) Build(p *element.Piece, conf element.Conf) error { return b.build(p, conf) }
