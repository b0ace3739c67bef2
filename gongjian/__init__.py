"""Gongjian 共建: a strive-for-excellence programme across a federation of organisations."""
