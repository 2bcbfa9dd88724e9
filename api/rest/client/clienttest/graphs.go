package clienttest

// Graphs are those that a server has if nothing else is said, by name.
func Graphs() map[string]string {
	return map[string]string{"jobs/tone": tone, "jobs/relay": Relay, "rooms/mix": Mixing, "parts/voice": Voice, "calls/peer": Calling}
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

// Relay publishes a stream under another name. It needs no GStreamer.
const Relay = `graph: v1
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

// Mixing has a node with an instance of Voice for each key.
const Mixing = `graph: v1
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

// Voice is a fragment, as "parts/voice".
const Voice = `graph: v1
about: The sound of a file.
params:
  source: file
  volume: {type: float, default: 1, min: 0, max: 1}
nodes:
  in: filesrc location=$source
  dec: wavparse
  conv: audioconvert
  rate: audioresample
  fit: capsfilter caps=audio/x-raw,rate=48000,channels=2
  gain: volume volume=$volume
links:
  - in -> dec -> conv -> rate -> gain -> fit
exports:
  sound: fit.src
`

// Calling speaks for a peer: that of Call.
const Calling = `graph: v1
about: Plays to a peer.
route:
  - test.call /{stream...}
nodes:
  in: stream.in name=$stream
  out: test.peer
links:
  - in -> out
`
