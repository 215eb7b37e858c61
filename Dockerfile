# The official image of Odoo 19 with the addons and the Python packages that they need.
FROM odoo:19

USER root
# libgomp1: run-time library of LightGBM's wheels
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

# --break-system-packages: Odoo's Python is the distribution's, and so are its packages
COPY requirements.txt /opt/inventory-suite/requirements.txt
RUN pip3 install --no-cache-dir --break-system-packages \
    --requirement /opt/inventory-suite/requirements.txt

# Not /mnt/extra-addons: the base image declares it a volume, which would outlive a new image
COPY addons /opt/inventory-suite/addons

USER odoo
CMD ["odoo", "--addons-path=/opt/inventory-suite/addons"]
