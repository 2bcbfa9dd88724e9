# live/rtmp, pipeline opus: 7 elements, 1 encoder, 1 decoder, lazy, ends 10s after its last reader
# appsrc opus-audio-in is given aac by the Go node in.audio
# appsink also-audio-out hands on opus to the Go node also.audio
gst-launch-1.0 \
  appsrc name=opus-audio-in caps=audio/mpeg,mpegversion=4,stream-format=raw is-live=true \
    format=time  aacparse name=opus-parse  avdec_aac name=opus-dec  audioconvert name=opus-conv \
  audioresample name=opus-rate  opusenc name=opus-enc bitrate=64000 \
  appsink name=also-audio-out sync=false async=false \
  opus-audio-in. ! opus-parse.  opus-parse. ! opus-dec.  opus-dec. ! opus-conv. \
  opus-conv. ! opus-rate.  opus-rate. ! audio/x-raw,rate=48000 ! opus-enc. \
  opus-enc. ! also-audio-out.

# live/rtmp, pipeline still: 6 elements, 1 encoder, 1 decoder, lazy, ends 30s after its last reader
# appsrc still-video-in is given h264 by the Go node in.video
# appsink poster-video-out hands on mjpeg to the Go node poster.video
gst-launch-1.0 \
  appsrc name=still-video-in caps=video/x-h264,stream-format=byte-stream,alignment=au \
    is-live=true  h264parse name=still-guard  avdec_h264 name=still-dec \
  queue name=still-enc-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 \
    leaky=downstream  jpegenc name=still-enc quality=80 \
  appsink name=poster-video-out sync=false async=false \
  still-video-in. ! still-guard. \
  still-guard. ! 'video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8' !    still-dec. \
  still-dec. ! still-enc-queue.  still-enc-queue. ! still-enc.  still-enc. ! poster-video-out.
