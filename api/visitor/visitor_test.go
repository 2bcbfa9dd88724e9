package visitor_test

import (
	"context"
	"errors"
	"testing"

	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

func TestLifeEndsOnce(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var told []error
	l := visitor.Begin()
	if err := l.Claim(func(err error) { told = append(told, err) }); err != nil {
		t.Fatal(err)
	}
	if err := l.Claim(func(error) { t.Error("it was not given to this one") }); fault.CodeOf(err) != fault.InvalidRequest {
		t.Errorf("claimed twice: %v", err)
	}
	select {
	case <-l.Done():
		t.Error("it has ended before anybody said so")
	default:
	}
	if err := l.Err(); err != nil {
		t.Errorf("before its end: %v", err)
	}
	l.Finish(first)
	l.Finish(second)
	enginetest.Await(t, "the end", l.Done())
	if err := l.Err(); !errors.Is(err, first) || len(told) != 1 || !errors.Is(told[0], first) {
		t.Errorf("%v, and the element was told %v", err, told)
	}
}

func TestLifeThatNobodyClaimed(t *testing.T) {
	l := visitor.Begin()
	l.Finish(nil)
	enginetest.Await(t, "the end", l.Done())
	if err := l.Err(); err != nil {
		t.Errorf("%v", err)
	}
}

// raiser is an engine that refuses, or starts what it has.
type raiser struct {
	i   *instance.Instance
	err error
}

// Raise implements visitor.Raiser.
func (r raiser) Raise(context.Context, engine.Event) (*instance.Instance, error) { return r.i, r.err }

// TestNoInstanceIsNil: who looks whether there is one must not find an interface around nothing.
func TestNoInstanceIsNil(t *testing.T) {
	full := errors.New("full")
	if i, err := visitor.UseEngine(raiser{err: full}).Raise(t.Context(), engine.Event{}); i != nil || !errors.Is(err, full) {
		t.Errorf("%v %v", i, err)
	}
	if i, err := visitor.UseEngine(raiser{i: &instance.Instance{}}).Raise(t.Context(), engine.Event{}); i == nil || err != nil {
		t.Errorf("%v %v", i, err)
	}
}
