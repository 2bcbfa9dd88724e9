# jobs/transcode, pipeline read: 15 elements, 2 encoders, 2 decoders, offline: as fast as it can
# demux: what leaves pads that nobody links is dropped
# demux.audio may never appear
gst-launch-1.0 \
  filesrc name=read location=testdata/media/bars.flv  flvdemux name=demux \
  queue name=vdec-queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 \
  decodebin3 name=vdec  videoconvert name=vfix \
  vp8enc name=venc target-bitrate=800000 deadline=1 cpu-used=4 keyframe-max-dist=50 \
  queue name=mux-video-queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 \
  queue name=adec-queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 \
  decodebin3 name=adec  audioconvert name=afix  audioresample name=arate \
  opusenc name=aenc bitrate=64000 \
  queue name=mux-audio-queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 \
  webmmux name=mux  filesink name=write location=out.webm \
  read. ! demux. \
  demux.video ! vdec-queue.  vdec-queue. ! vdec. \
  vdec.video_0 ! vfix.  vfix. ! video/x-raw,format=I420 ! venc.  venc. ! mux-video-queue. \
  mux-video-queue. ! mux.  mux. ! write. \
  demux.audio ! adec-queue.  adec-queue. ! adec. \
  adec.audio_0 ! afix.  afix. ! arate.  arate. ! audio/x-raw,rate=48000 ! aenc. \
  aenc. ! mux-audio-queue.  mux-audio-queue. ! mux.
