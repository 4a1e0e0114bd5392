# One image for the web server, the socket server and the worker; compose.yaml gives each its command.
FROM python:3.11-slim AS build
COPY requirements/base.txt /build/
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /build/base.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=locanext_project.settings.server \
    LOCANEXT_DATA=/data \
    STATIC_ROOT=/app/staticfiles
RUN useradd --system --uid 10001 --home-dir /data locanext && install -d -o locanext /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py LICENSE ./
COPY locanext_project locanext_project
COPY apps apps
COPY templates templates
COPY static static
COPY locale locale
# The keys this build makes for itself stay in the build.
RUN DATABASE_TYPE=sqlite LOCANEXT_DATA=/tmp/build python manage.py collectstatic --noinput -v 0 && rm -rf /tmp/build
USER locanext
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "locanext_project.wsgi:application"]
