from odoo import fields, http
from odoo.http import request

from odoo.addons.inventory_visibility.controllers.workbook import send_workbook


class ReorderDashboardController(http.Controller):
    @http.route(
        "/smart_reorder/dashboard/xlsx", type="http", auth="user", methods=["GET"], readonly=True
    )
    def export_dashboard(self, warehouse_id=None, **_kwargs):
        """Send the figures of the dashboard, and all current proposals, as a workbook.

        :param warehouse_id: id of the place that the dashboard is limited to, if any
        """
        dashboard = request.env["smart.reorder.dashboard"]
        place = int(warehouse_id) if warehouse_id and warehouse_id.isdecimal() else None
        return send_workbook(
            f"reorder-{fields.Date.context_today(request.env.user)}",
            lambda file: dashboard._write_workbook(file, place),
        )
