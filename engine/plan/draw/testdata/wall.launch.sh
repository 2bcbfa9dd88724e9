# walls/3, pipeline grid: 24 elements, 1 encoder, 3 decoders
# appsrc dec0-in is given h264 by the Go node cam0.video
# appsrc dec1-in is given h264 by the Go node cam1.video
# appsrc dec2-in is given h264 by the Go node cam2.video
# appsink out-video-out hands on h264 to the Go node out.video
gst-launch-1.0 \
  appsrc name=dec0-in is-live=true  h264parse name=dec0-guard  avdec_h264 name=dec0-dec \
  videoconvertscale name=fit0 \
  queue name=fit0-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream \
  appsrc name=dec2-in is-live=true  h264parse name=dec2-guard  avdec_h264 name=dec2-dec \
  videoconvertscale name=fit2 \
  queue name=fit2-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream \
  compositor name=grid background=black  tee name=grid-tee allow-not-linked=true \
  queue name=enc-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream \
  x264enc name=enc tune=zerolatency bitrate=4000  appsink name=out-video-out \
  errorignore name=save-shield \
  queue name=save-queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 \
  jpegenc name=jpeg  multifilesink name=save location=/srv/wall-%05d.jpg \
  dec0-in. ! dec0-guard.  dec0-guard. ! dec0-dec.  dec0-dec. ! fit0.  fit0. ! fit0-queue. \
  fit0-queue. ! grid.  grid. ! grid-tee.  grid-tee. ! enc-queue. \
  enc-queue. ! video/x-raw,format=I420 ! enc. \
  enc. ! video/x-h264,profile=constrained-baseline ! out-video-out. \
  grid-tee. ! save-shield.  save-shield. ! save-queue.  save-queue. ! jpeg.  jpeg. ! save. \
  dec2-in. ! dec2-guard.  dec2-guard. ! dec2-dec.  dec2-dec. ! fit2.  fit2. ! fit2-queue. \
  fit2-queue. ! grid.
#
# branch dec1, added while running: lazy, ends 10s after its last reader
#   appsrc name=dec1-in is-live=true  h264parse name=dec1-guard  avdec_h264 name=dec1-dec \
#   videoconvertscale name=fit1 \
#   queue name=fit1-queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream \
#   dec1-in. ! dec1-guard.  dec1-guard. ! dec1-dec.  dec1-dec. ! fit1.  fit1. ! fit1-queue. \
#   fit1-queue. ! grid.

# walls/3, pipeline thumb: 3 elements, 1 encoder, no decoders, lazy, ends 5s after its last reader
# appsrc thumb-in is given raw video by the Go node cam0.video
# appsink still-out hands on mjpeg to the Go node still.video
gst-launch-1.0 \
  appsrc name=thumb-in  jpegenc name=thumb  appsink name=still-out \
  thumb-in. ! thumb.  thumb. ! still-out.
