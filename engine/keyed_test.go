package engine_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
)

const guest = `graph: v1
about: A guest, whom others may hear.
params:
  stream: string
nodes:
  in: stream.in name=$stream wait=1s
  dec: decode kind=video
  raw: videoconvert
  enc: vp8enc
  own: {element: stream.out, set: {name: $(stream)/again}, lazy: 1s}
links:
  - in.video? -> dec -> raw
  - raw -> enc -> own
exports:
  video: raw.src
`

const hall = `graph: v1
about: A room.
route:
  - rest.start
  - fake.publish /hall
nodes:
  pic: videotestsrc is-live=true
  all: compositor
  enc: vp8enc
  out: stream.out name=hall
  seat: {use: fragments/guest, each: {key: guest, max: 4}, on_error: drop}
links:
  - pic -> all -> enc -> out
  - seat.video? -> all
policy: {end: never}
`

// party is a room in which nobody is yet.
type party struct {
	*bench
	t    *testing.T
	room *instance.Instance
	rt   *noted
}

// byName and byEvent begin a room.
func byName(t *testing.T, b *bench) (*instance.Instance, error) {
	t.Helper()
	return b.Run(t.Context(), engine.Start{Graph: "hall"})
}

func byEvent(t *testing.T, b *bench) (*instance.Instance, error) {
	t.Helper()
	return b.Raise(t.Context(), raise("fake.publish", "/hall", newPeer()))
}

func opened(t *testing.T, begin func(*testing.T, *bench) (*instance.Instance, error)) *party {
	t.Helper()
	p := &party{bench: start(t, map[string]string{"hall": hall, "fragments/guest": guest, "publish": publish, "play": play}), t: t}
	var err error
	if p.room, err = begin(t, p.bench); err != nil {
		t.Fatal(err)
	}
	p.begins()
	return p
}

// begins waits until a Runtime of the room plays.
func (p *party) begins() {
	p.t.Helper()
	p.rt = await(p.t, "the Runtime", p.begun)
	host := p.rt.prepared(p.t)
	synctest.Wait()
	host.Outlet(bridge(p.room, plan.OutOfGst)).Codec(media.NewTrack(media.VP8))
	p.rt.Tell(run.Notice{Kind: run.FirstMedia, Node: "pic"})
	synctest.Wait()
}

func (p *party) publishes(stream string) (*instance.Instance, *peer) {
	p.t.Helper()
	camera := newPeer(media.NewTrack(media.H264))
	inst, err := p.Raise(p.t.Context(), raise("fake.publish", "/"+stream, camera))
	if err != nil {
		p.t.Fatal(err)
	}
	synctest.Wait()
	return inst, camera
}

func (p *party) adds(key, stream string) error {
	p.t.Helper()
	err := p.room.Add(p.t.Context(), "seat", plan.Key{Name: key, Params: map[string]any{"stream": stream}})
	synctest.Wait()
	return err
}

// read tells by how many a stream is read.
func (p *party) read(stream string, want int) {
	p.t.Helper()
	if got := p.Readers(stream); len(got) != want {
		p.t.Errorf("%q has %d readers, want %d", stream, len(got), want)
	}
}

// enters tells how many units have come in for a key since its branch was added.
func (p *party) enters(key string, want int) {
	p.t.Helper()
	in := p.rt.Inlet("seat-" + key + "-dec-video-in")
	if in == nil || len(in.Units()) != want {
		p.t.Errorf("for %s it is not %d units that came in", key, want)
	}
}

// changes counts what the Runtime was told to do to a branch.
func (p *party) changes(verb run.Verb, branch string) int {
	n := 0
	for _, c := range p.rt.Calls() {
		if c.Change.Verb == verb && c.Change.Branch == branch && c.Err == nil {
			n++
		}
	}
	return n
}

func (p *party) lives() {
	p.t.Helper()
	if s := p.room.Status(); s.State != run.Live || s.Restarts != 0 {
		p.t.Errorf("the room is %s after %d restarts: %v", s.State, s.Restarts, s.Fault)
	}
}

// A key that comes has its streams read and published, however the graph was started, and one that leaves no more.
func TestKeysComeAndGo(t *testing.T) {
	for name, begin := range map[string]func(*testing.T, *bench) (*instance.Instance, error){"by name": byName, "by event": byEvent} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := opened(t, begin)
				if all := p.Streams().Streams(); len(all) != 1 || all[0].Name != "hall" {
					t.Errorf("an empty room publishes %v", all)
				}
				_, cam := p.publishes("cam")
				pub := await(t, "the publication", cam.fed)
				for range 2 {
					if err := p.adds("ann", "cam"); err != nil {
						t.Fatal(err)
					}
					p.read("cam", 1)
					if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					if in := p.rt.Inlet("seat-ann-dec-video-in"); in == nil || len(in.Units()) == 0 {
						t.Error("nothing came in")
					}
					p.hears("cam/again", "seat-ann-own-video-out")
					if err := p.adds("eve", "cam"); fault.CodeOf(err) != fault.NameInUse {
						t.Errorf("a second of the same stream: %v", err)
					}
					p.read("cam", 1)
					if err := p.room.Remove(t.Context(), "seat", "ann"); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					p.read("cam", 0)
					if p.Streams().Has("cam/again") {
						t.Error("what left is published")
					}
				}
				p.lives()
			})
		})
	}
}

// hears plays what a key publishes, which begins to be made with its first reader, and gives the viewer.
func (p *party) hears(stream, bridge string) *peer {
	p.t.Helper()
	viewer := newPeer()
	if _, err := p.Raise(p.t.Context(), raise("fake.play", "/"+stream, viewer)); err != nil {
		p.t.Fatal(err)
	}
	synctest.Wait()
	if r := slices.DeleteFunc(p.rt.Calls(), func(c fake.Call) bool { return c.Change.Verb != run.StartLazy }); len(r) == 0 {
		p.t.Error("what is read does not run")
	}
	u := unit(time.Second, true)
	p.rt.Deliver(bridge, &u)
	await(p.t, "a unit", viewer.units)
	return viewer
}

// A key may come before its stream, which may end and come again: the room goes on, and so does who listens.
func TestKeysWaitForTheirStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := opened(t, byName)
		if err := p.adds("ann", "cam"); err != nil {
			t.Fatal(err)
		}
		elapse(2 * time.Minute)
		p.lives()
		listener := p.hears("cam/again", "seat-ann-own-video-out")
		for range 2 {
			inst, cam := p.publishes("cam")
			pub := await(t, "the publication", cam.fed)
			elapse(time.Second)
			synctest.Wait()
			p.read("cam", 1)
			if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			p.enters("ann", 1)
			added := p.changes(run.AddBranch, "seat[ann]")
			if err := inst.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if p.changes(run.AddBranch, "seat[ann]") != added+1 || p.changes(run.RemoveBranch, "seat[ann]") != added {
				t.Error("the branch of who ended was not begun anew")
			}
			p.lives()
		}
		u := unit(5*time.Second, true)
		p.rt.Deliver("seat-ann-own-video-out", &u)
		await(t, "a unit after the end", listener.units)
	})
}

// After a restart the keys are back, and who reads what they publish has the same stream.
func TestKeysSurviveTheRuntime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := opened(t, byName)
		_, cam := p.publishes("cam")
		await(t, "the publication", cam.fed)
		if err := p.adds("ann", "cam"); err != nil {
			t.Fatal(err)
		}
		before, _ := p.Streams().Stream("cam/again")
		p.rt.Crash(fault.New(fault.Internal, "worker", "it died"))
		p.begins()
		p.read("cam", 1)
		if now, ok := p.Streams().Stream("cam/again"); !ok || now.Publication != before.Publication {
			t.Errorf("what it publishes was %d, and is %d", before.Publication, now.Publication)
		}
	})
}

// What fails of a key in Go is the key's: its branch leaves, the others and the room stay.
func TestKeysFailAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := opened(t, byName)
		for _, name := range []string{"ann", "bob"} {
			p.publishes(name)
			if err := p.adds(name, name); err != nil {
				t.Fatal(err)
			}
		}
		p.room.Tell(run.Notice{Kind: run.Broken, Node: "seat[bob]/in", Branch: "seat[bob]", Err: fault.New(fault.CodecNotAvailable, "", "no")})
		synctest.Wait()
		p.read("ann", 1)
		p.read("bob", 0)
		s := p.room.Status()
		i := slices.IndexFunc(s.Branches, func(b instance.Branch) bool { return b.Name == "seat[bob]" })
		if s.State != run.Degraded || s.Restarts != 0 || i < 0 || s.Branches[i].Runs || s.Branches[i].Fault == nil {
			t.Errorf("the room is %s: %+v", s.State, s.Branches)
		}
		if err := p.adds("bob", "bob"); err != nil {
			t.Error(err)
		}
		p.read("bob", 1)
		p.lives()
	})
}
