# rooms/mixer, pipeline picture: 26 elements, 3 encoders, 2 decoders
# appsrc seat-guest-vdec-video-in is given h264 by the Go node seat[{guest}]/in.video
# appsrc seat-guest-adec-audio-in is given opus by the Go node seat[{guest}]/in.audio
# appsink seat-guest-own-audio-out hands on opus to the Go node seat[{guest}]/own.audio
# appsink out-video-out hands on h264 to the Go node out.video
# appsink out-audio-out hands on opus to the Go node out.audio
gst-launch-1.0 \
  videotestsrc name=picture-black pattern=black is-live=true \
  compositor name=picture-mix background=black sink_0::xpos=0 sink_0::ypos=0 sink_0::zorder=2 \
  videoconvert name=venc-convert \
  queue name=venc-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream \
  x264enc name=venc tune=zerolatency speed-preset=veryfast bitrate=2000 key-int-max=60 \
  appsink name=out-video-out sync=false  audiotestsrc name=sound-silence wave=silence is-live=true \
  audiomixer name=sound-mix latency=200000000  opusenc name=aenc bitrate=96000 \
  appsink name=out-audio-out sync=false \
  picture-black. ! picture-mix.  picture-mix. ! venc-convert.  venc-convert. ! venc-queue. \
  venc-queue. ! video/x-raw,format=I420 ! venc. \
  venc. ! video/x-h264,profile=constrained-baseline ! out-video-out. \
  sound-silence. ! sound-mix.  sound-mix. ! aenc.  aenc. ! out-audio-out.
#
# branch seat[{guest}], added while running: one for each guest, at most 16, on error: drop
#   appsrc name=seat-guest-vdec-video-in is-live=true  h264parse name=seat-guest-vdec-guard \
#   avdec_h264 name=seat-guest-vdec-dec  videoconvertscale name=seat-guest-vscale \
#   capsfilter name=seat-guest-vfit caps=video/x-raw,format=I420,width=640,height=360 \
#   queue name=picture-mix-guest-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 \
#     leaky=downstream  appsrc name=seat-guest-adec-audio-in is-live=true \
#   opusdec name=seat-guest-adec-dec  audioconvert name=seat-guest-aconv \
#   capsfilter name=seat-guest-afit caps=audio/x-raw,rate=48000,channels=2 \
#   tee name=sound-tee-guest allow-not-linked=true \
#   queue name=sound-mix-guest-queue max-size-buffers=0 max-size-bytes=0 max-size-time=200000000 \
#   queue name=sound-minus-guest-queue max-size-buffers=0 max-size-bytes=0 \
#     max-size-time=200000000  audiomixer name=sound-minus-guest \
#   opusenc name=seat-guest-earenc bitrate=48000  appsink name=seat-guest-own-audio-out sync=false \
#   seat-guest-vdec-video-in. ! seat-guest-vdec-guard. \
#   seat-guest-vdec-guard. ! seat-guest-vdec-dec.  seat-guest-vdec-dec. ! seat-guest-vscale. \
#   seat-guest-vscale. ! seat-guest-vfit.  seat-guest-vfit. ! picture-mix-guest-queue. \
#   picture-mix-guest-queue. ! picture-mix.sink_0 \
#   seat-guest-adec-audio-in. ! seat-guest-adec-dec.  seat-guest-adec-dec. ! seat-guest-aconv. \
#   seat-guest-aconv. ! seat-guest-afit.  seat-guest-afit. ! sound-tee-guest. \
#   sound-tee-guest. ! sound-mix-guest-queue.  sound-mix-guest-queue. ! sound-mix.sink_%u \
#   sound-minus-guest-queue. ! sound-minus-guest.  sound-minus-guest. ! seat-guest-earenc. \
#   seat-guest-earenc. ! seat-guest-own-audio-out.
# and from each other guest:  sound-tee-guest. ! sound-minus-guest-queue.
