package clienttest

// Graphs are those that a server has if nothing else is said, by name.
func Graphs() map[string]string {
	return map[string]string{"jobs/tone": tone, "jobs/relay": relay, "rooms/mix": mixing, "parts/voice": voice, "calls/peer": calling}
}

// tone needs GStreamer, which a fake stands in for.
const tone = `graph: v1
about: A tone.
labels: {team: sound}
params:
  wave: {type: string, default: sine, about: What it sounds like.}
  buffers: {type: int, default: 10, min: 1, max: 1000}
route:
  - rest.start
nodes:
  in: audiotestsrc wave=$wave num-buffers=$buffers
  loud: volume volume=0.5
  out: fakesink
links:
  - in -> loud -> out
policy:
  restart: {when: never}
`

// relay publishes a stream under another name. It needs no GStreamer.
const relay = `graph: v1
about: Relays a stream under another name.
params:
  from: {type: string, example: cam}
  to: {type: string, example: copy}
route:
  - rest.start
nodes:
  in: stream.in name=$from
  out: stream.out name=$to
links:
  - in -> out
`

// mixing has a node with an instance for each key.
const mixing = `graph: v1
about: Mixes what comes and goes.
route:
  - rest.start
nodes:
  voice:
    use: parts/voice
    each: {key: who, max: 2}
    on_error: drop
  sound: audio.mix
  enc: opusenc
  out: stream.out name=mixed
links:
  - voice.sound -> sound -> enc -> out
policy:
  end: never
`

const voice = `graph: v1
about: The sound of a file.
params:
  source: file
nodes:
  in: filesrc location=$source
  dec: wavparse
  conv: audioconvert
  rate: audioresample
  fit: capsfilter caps=audio/x-raw,rate=48000,channels=2
links:
  - in -> dec -> conv -> rate -> fit
exports:
  sound: fit.src
`

// calling speaks for a peer.
const calling = `graph: v1
about: Plays to a peer.
route:
  - test.call /{stream...}
nodes:
  in: stream.in name=$stream
  out: test.peer
links:
  - in -> out
`
